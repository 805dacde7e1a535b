//! `check-config`: validates the whole configuration without serving, and prints the accounts with
//! their URLs and keys.

use std::path::Path;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::Failure;
use super::arguments::CheckConfigOptions;
use super::database::{Database, Sharing};
use super::setup::configuration;
use super::terminal::output;
use super::terminal::printable::printable;
use super::terminal::table::{Table, TableColumn};
use crate::config::{Configuration, ConfiguredAccount, HttpSettings};
use refund_providers::contract::LEAST_CREDENTIAL_BYTES;

pub(super) async fn run(
    config: Option<&Path>,
    options: &CheckConfigOptions,
) -> Result<(), Failure> {
    let configuration = configuration(config)?;
    check_data_keys(&configuration).await?;
    configuration.deprecated.iter().for_each(|setting| eprintln!("warning: {setting}"));
    configuration.accounts.iter().for_each(warn_of_account);
    let settings = configuration.printable();
    if options.json {
        let keys: serde_json::Map<String, Value> = configuration
            .accounts
            .iter()
            .map(|account| (account.name.to_string(), json!(account.provider.keys())))
            .collect();
        return output::json(&json!({ "configuration": settings, "keys": keys }));
    }
    if options.all {
        let mut lines = Vec::new();
        flatten("", &settings, &mut lines);
        let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
        output::line(lines.join("\n") + "\n")?;
    }
    if !configuration.accounts.is_empty() {
        let mut table = Table::new([
            TableColumn::text("account"),
            TableColumn::text("url"),
            TableColumn::text("key"),
            TableColumn::text("kind").droppable(1),
            TableColumn::time("expires"),
        ]);
        for account in &configuration.accounts {
            rows(account, &configuration.http, &mut table);
        }
        output::show(table)?;
        output::line("")?;
    }
    if configuration.http.public_url.is_none() {
        output::line("[http].public_url is not set: each URL begins where providers reach you")?;
    }
    let database = match settings.pointer("/database/url").and_then(Value::as_str) {
        Some(url) => url.to_owned(),
        None => format!("a private Postgres in {}", configuration.embedded.directory.display()),
    };
    output::line(format!("database: {}", printable(&database)))?;
    output::line(format!("the configuration is valid; accounts: {}", configuration.accounts.len()))
}

/// Checks that the keys of `[at_rest]` open all data keys, if the database answers. A configuration
/// without keys is checked too, because data keys may be left from a time when it had some; then no
/// private Postgres is started, and a database that does not answer is no reason to warn.
async fn check_data_keys(configuration: &Configuration) -> Result<(), Failure> {
    let has_keys = !configuration.at_rest.keys.is_empty();
    let sharing = if has_keys { Sharing::LookUp } else { Sharing::Attached };
    let missing = match Database::open(configuration, sharing).await {
        Ok(database) => {
            let missing = database.store.missing_key().await;
            database.close().await?;
            missing.map_err(Failure::from)
        }
        Err(error) => Err(error),
    };
    match missing {
        Ok(None) => Ok(()),
        Ok(Some(sentence)) => Err(Failure::Usage(sentence)),
        Err(error) if has_keys => {
            eprintln!("warning: at_rest.keys: not compared with the data keys: {error}");
            Ok(())
        }
        Err(_) => Ok(()),
    }
}

/// The setting with the users and passwords that some providers present beside their signature.
const BASIC_AUTH: &str = "basic_auth";

/// Warns of a protection that an account leaves out, and of each token or password that is too short
/// for the digests that are stored of it.
fn warn_of_account(account: &ConfiguredAccount) {
    let name = &account.name;
    let settings = account.settings.printable();
    if settings.get(BASIC_AUTH).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        eprintln!(
            "warning: accounts.{name}: {BASIC_AUTH} is not set: nothing protects what the provider \
             sends beside the signed members"
        );
    }
    for key in account.provider.keys().into_iter().filter(|key| key.is_guessable) {
        eprintln!(
            "warning: accounts.{name}: {} {} has fewer than {LEAST_CREDENTIAL_BYTES} characters: who \
             sees a stored delivery could guess it",
            key.kind, key.key_id,
        );
    }
}

/// Adds the rows of an account: one for each key, and one if it has none.
fn rows(account: &ConfiguredAccount, http: &HttpSettings, table: &mut Table) {
    let url = http.url_of(&format!("/notify/{}/{}", account.provider_name, account.name));
    let keys = account.provider.keys();
    if keys.is_empty() {
        table.row([account.name.as_str().into(), url.as_str().into(), "none".into()]);
    }
    for (place, key) in keys.into_iter().enumerate() {
        let ends = key.expires_at.and_then(|at| at.format(&Rfc3339).ok());
        let (name, url) = if place == 0 { (account.name.as_str(), url.as_str()) } else { ("", "") };
        table.row([
            name.into(),
            url.into(),
            key.key_id.to_string().into(),
            key.kind.into(),
            ends.unwrap_or("–".to_owned()).into(),
        ]);
    }
}

/// Adds one line for each key, with its path written with dots.
fn flatten(path: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Object(table) => {
            for (key, inner) in table {
                let place = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&place, inner, lines);
            }
        }
        Value::Null => lines.push(format!("{path} is not set")),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            lines.push(format!("{path} = {value}"));
        }
    }
}
