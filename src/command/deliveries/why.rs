//! `deliveries why`: prints why a kept delivery has its verdict, and what to do.

use std::path::Path;

use super::find::delivery_id;
use crate::command::Failure;
use crate::command::arguments::WhyOptions;
use crate::command::terminal::output;
use crate::command::terminal::table::{Table, TableColumn};
use crate::config::{Configuration, ConfiguredAccount, Sources, load};
use crate::diagnosis::{Case, diagnose, fits, removed_keys};
use crate::store::Store;
use refund_providers::contract::Delivery;

/// The keys of accounts that hold secrets, tokens and passwords, in the configuration.
const SECRET_KEYS: [&str; 5] =
    ["secrets", "hmac_keys", "callback_tokens", "api_v3_keys", "api_v2_keys"];

/// Explains the verdict of a delivery.
pub(super) async fn why(
    store: &Store,
    configuration: &Configuration,
    sources: &Sources,
    options: &WhyOptions,
) -> Result<(), Failure> {
    let id = delivery_id(store, &options.delivery_id).await?;
    let found = store.delivery(id).await?;
    let detail = found.ok_or_else(|| Failure::Other(format!("no delivery has the id {id}")))?;
    let (headers, received_at) = Case::headers_and_time(&detail).ok_or_else(|| {
        Failure::Other(format!("the stored headers of the delivery {id} are damaged"))
    })?;
    let accounts: Vec<&ConfiguredAccount> = configuration.accounts.iter().collect();
    let account = Case::account(&detail, &accounts);
    let mut case = Case {
        detail: &detail,
        headers: &headers,
        received_at,
        accounts: &accounts,
        http: &configuration.http,
        removed_keys: &removed_keys(store, &detail, account).await?,
        secret_in_file_fits: None,
    };
    if let Some(path) = &options.try_secret_file {
        let name = detail.summary.text("account");
        case.secret_in_file_fits = Some(secret_fits(sources, path, name, &case.delivery())?);
    }
    let diagnosis = diagnose(&case);
    if options.json {
        return output::json(&diagnosis);
    }
    let mut table = Table::new([TableColumn::text("step"), TableColumn::text("found")]);
    for (step, found) in diagnosis.steps() {
        table.row([step.into(), found.into()]);
    }
    output::show(table)?;
    output::line(format!("\n{}", diagnosis.advice))
}

/// Returns whether the secret in a file fits, in place of the account's.
fn secret_fits(
    sources: &Sources,
    path: &Path,
    account: &str,
    delivery: &Delivery<'_>,
) -> Result<bool, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Failure::Usage(format!("--try-secret-file: cannot read {path}: {error}"))
    })?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let mut is_usable = false;
    for key in SECRET_KEYS {
        let environment = sources.environment.with_account_list(account, key, secret);
        let with = Sources { file: sources.file.clone(), environment };
        // The provider may have no such key, or the secret not its form.
        let Ok(configuration) = load(&with) else { continue };
        let named = configuration.accounts.iter().find(|one| one.name.as_str() == account);
        let Some(named) = named else { continue };
        is_usable = true;
        if fits(&*named.provider, delivery).is_some() {
            return Ok(true);
        }
    }
    if is_usable {
        return Ok(false);
    }
    Err(Failure::Usage(format!(
        "--try-secret-file: expected a secret that the account {account} could have"
    )))
}
