//! `acks`: prints the acknowledgement contract, computed by the code of the providers.

use serde_json::json;
use time::macros::datetime;

use super::Failure;
use super::arguments::AcksOptions;
use super::terminal::output;
use crate::config::read_account;
use refund_providers::contract::acknowledgement::contract;
use refund_providers::contract::{Outcome, Reply};
use refund_providers::provider::registry::DEFINITIONS;

/// The secret of eftPay's documentation, so that readers can compare its signed answers.
const TOKEN: &str = "testsignkey1234";

/// The answers to requests that never become deliveries, the same for every provider.
const WITHOUT_A_DELIVERY: [(&str, u16); 6] = [
    ("no such account, or another path", 404),
    ("not POST", 405),
    ("body broken off", 400),
    ("body not sent in time", 408),
    ("body too large", 413),
    ("Content-Encoding other than identity or a charset", 415),
];

pub(super) fn run(options: &AcksOptions) -> Result<(), Failure> {
    // eftPay's answers contain the time. This is the time in the examples of its page.
    let at = datetime!(2023-06-09 03:06:45 UTC);
    let known = |name: &&str| DEFINITIONS.iter().any(|definition| definition.name == *name);
    if let Some(name) = options.provider.as_deref().filter(|name| !known(name)) {
        let names: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
        let message = format!("expected one of {}, found {name:?}", names.join(", "));
        return Err(Failure::Usage(message));
    }
    for definition in DEFINITIONS {
        if options.provider.as_deref().is_some_and(|name| name != definition.name) {
            continue;
        }
        let demonstrations = (definition.demonstrations)(TOKEN)
            .map_err(|error| Failure::Other(error.to_string()))?;
        for demonstration in demonstrations {
            let account = read_account(demonstration.account, &demonstration.settings)?;
            let table = contract(&*account.provider, demonstration.sample_body, at);
            show(demonstration.dialect, &table, options.json)?;
        }
    }
    if !options.json {
        output::line("every provider, for requests that never become deliveries")?;
        let rows = WITHOUT_A_DELIVERY.map(|(when, status)| [when.to_owned(), status.to_string()]);
        output::table(["when", "status"], rows)?;
    }
    Ok(())
}

fn show(dialect: &str, table: &[(Outcome, Reply)], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return table.iter().try_for_each(|(outcome, reply)| {
            output::json_line(&json!({
                "dialect": dialect,
                "outcome": outcome.as_str(),
                "status": reply.status,
                "content_type": reply.content_type,
                "body": reply.body,
            }))
        });
    }
    output::line(dialect)?;
    let rows = table.iter().map(|(outcome, reply)| {
        [
            outcome.as_str().to_owned(),
            reply.status.to_string(),
            reply.content_type.to_owned(),
            reply.body.clone(),
        ]
    });
    output::table(["outcome", "status", "content-type", "body"], rows)?;
    output::line("")
}
