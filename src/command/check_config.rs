//! `check-config`: validates the whole configuration without serving, and prints it.

use std::path::Path;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::Failure;
use super::arguments::JsonOption;
use super::setup::configuration;
use super::terminal::output;
use crate::config::ConfiguredAccount;
use refund_providers::contract::LEAST_CREDENTIAL_BYTES;

pub(super) fn run(config: Option<&Path>, options: &JsonOption) -> Result<(), Failure> {
    let configuration = configuration(config)?;
    configuration.deprecated.iter().for_each(|setting| eprintln!("warning: {setting}"));
    configuration.accounts.iter().for_each(warn_of_account);
    let printable = configuration.printable();
    if options.json {
        let keys: serde_json::Map<String, Value> = configuration
            .accounts
            .iter()
            .map(|account| (account.name.to_string(), json!(account.provider.keys())))
            .collect();
        return output::json(&json!({ "configuration": printable, "keys": keys }));
    }
    let mut lines = Vec::new();
    flatten("", &printable, &mut lines);
    output::line(lines.join("\n"))?;
    if !configuration.accounts.is_empty() {
        output::line("")?;
        let rows = configuration.accounts.iter().flat_map(rows);
        output::table(["route", "key", "kind", "certificate expires"], rows)?;
    }
    output::line(format!(
        "\nthe configuration is valid; accounts: {}",
        configuration.accounts.len()
    ))
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

fn rows(account: &ConfiguredAccount) -> Vec<[String; 4]> {
    let route = format!("/notify/{}/{}", account.provider_name, account.name);
    let keys = account.provider.keys();
    keys.into_iter()
        .map(|key| {
            let ends = key.expires_at.and_then(|at| at.format(&Rfc3339).ok());
            [route.clone(), key.key_id.to_string(), key.kind, ends.unwrap_or("–".to_owned())]
        })
        .collect()
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
