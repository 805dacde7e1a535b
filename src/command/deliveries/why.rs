//! `deliveries why`: prints why a kept delivery has its verdict, and what to do.

use super::find::delivery_id;
use super::secret_file;
use crate::command::Failure;
use crate::command::arguments::WhyOptions;
use crate::command::terminal::output;
use crate::command::terminal::table::{Table, TableColumn};
use crate::command::user;
use crate::config::{Configuration, ConfiguredAccount, Sources};
use crate::diagnosis::{Case, diagnose, removed_keys};
use crate::store::Store;

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
    let account = Case::account_of(&detail, &accounts);
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
        let account = account.ok_or_else(|| {
            let name = detail.summary.text("account");
            Failure::Usage(format!("--try-secret-file: the account {name} is not configured"))
        })?;
        let fits = secret_file::fits(sources, path, account, &case.delivery())?;
        case.secret_in_file_fits = Some(fits);
    }
    let mut diagnosis = diagnose(&case);
    if diagnosis.signed_text.is_some() {
        let subject = format!("delivery {id}");
        if !user::may_see(store, &subject, "signed text").await? {
            let keys = accounts.iter().flat_map(|account| account.provider.keys());
            let known: Vec<String> = keys.map(|key| key.key_id.to_string()).collect();
            diagnosis = diagnosis.for_viewer(&known);
        }
    }
    if options.json {
        return output::json(&diagnosis);
    }
    let mut table = Table::new([TableColumn::text("step"), TableColumn::text("found")]);
    for (step, found) in diagnosis.steps() {
        table.row([step.into(), found.into()]);
    }
    output::show(table)?;
    if let Some(signed) = &diagnosis.signed_text {
        let rest = if signed.is_shortened { "…" } else { "" };
        output::line(format!("\nsigned text ({} bytes)\n  {}{rest}", signed.bytes, signed.text))?;
        output::line(format!("\nSHA-256 of the signed text\n  {}", signed.sha256))?;
    }
    output::line("")?;
    output::paragraph(&diagnosis.advice, 0)
}
