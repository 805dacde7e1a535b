//! `deliveries list|show|replay`: lists and shows deliveries, and replays kept ones.

use std::path::Path;

use serde_json::Value;

use super::arguments::{DeliveriesCommand, DeliveriesListOptions, DeliveryOptions, ReplayOptions};
use super::database::{Database, Sharing};
use super::setup::{configuration, start_telemetry};
use super::terminal::output;
use super::terminal::times::time;
use super::{Failure, replay};
use crate::store::{DeliveryFilter, DeliverySummary, KeptFilter, Store};
use refund_providers::contract::Verdict;

pub(super) async fn run(config: Option<&Path>, command: &DeliveriesCommand) -> Result<(), Failure> {
    let asked = match command {
        DeliveriesCommand::List(options) => Asked::List(filter(options)?, options.json),
        DeliveriesCommand::Show(options) => Asked::Show(options),
        DeliveriesCommand::Replay(options) => Asked::Replay(replay::filter(options)?, options),
    };
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::Shared).await?;
    let outcome = match asked {
        Asked::List(filter, as_json) => list(&database.store, &filter, as_json).await,
        Asked::Show(options) => show(&database.store, options).await,
        Asked::Replay(filter, options) => {
            replay::run(configuration, &database.store, &filter, options).await
        }
    };
    database.close().await?;
    outcome
}

/// A command whose options are valid.
enum Asked<'a> {
    List(DeliveryFilter, bool),
    Show(&'a DeliveryOptions),
    Replay(KeptFilter, &'a ReplayOptions),
}

fn filter(options: &DeliveriesListOptions) -> Result<DeliveryFilter, Failure> {
    let is_unknown = |word: &&str| Verdict::from_word(word).is_none();
    if let Some(word) = options.verdict.as_deref().filter(is_unknown) {
        let known = Verdict::ALL.map(Verdict::as_str).join(", ");
        let message = format!("--verdict: expected one of {known}, found {word:?}");
        return Err(Failure::Usage(message));
    }
    Ok(DeliveryFilter {
        verdict: options.verdict.clone(),
        account: options.account.clone(),
        since: time("--since", options.since.as_deref())?,
        until: time("--until", options.until.as_deref())?,
        limit: options.limit,
    })
}

async fn list(store: &Store, filter: &DeliveryFilter, as_json: bool) -> Result<(), Failure> {
    let deliveries = store.deliveries(filter).await?;
    if as_json {
        return deliveries.iter().try_for_each(output::json_line);
    }
    let heading =
        ["delivery_id", "received_at", "account", "verdict", "reason", "key", "answer", "replay"];
    output::table(heading, deliveries.iter().map(row))
}

fn row(delivery: &DeliverySummary) -> [String; 8] {
    let has = |column| delivery.0.get(column).is_some_and(|value| !value.is_null());
    let column = |name| delivery.0.get(name).map(plain).unwrap_or_default();
    let answer = match has("replayed_from") {
        true => "none".to_owned(),
        false => column("response_status"),
    };
    // A replay whose verdict was unreadable may have been replayed again.
    let replay = match (has("replayed_by"), has("replayed_from")) {
        (true, _) => "replayed",
        (false, true) => "is a replay",
        (false, false) => "",
    };
    let [id, received_at, account, verdict, reason, key] =
        ["delivery_id", "received_at", "account", "verdict", "reason", "key_id"].map(column);
    [id, received_at, account, verdict, reason, key, answer, replay.to_owned()]
}

async fn show(store: &Store, options: &DeliveryOptions) -> Result<(), Failure> {
    let Some(delivery) = store.delivery(options.delivery_id).await? else {
        let message = format!("no delivery has the id {}", options.delivery_id);
        return Err(Failure::Other(message));
    };
    if options.json {
        let mut value = serde_json::to_value(&delivery).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            let base64 = data_encoding::BASE64.encode(&delivery.body);
            object.insert("body_base64".to_owned(), base64.into());
        }
        return output::json(&value);
    }
    let rows = delivery.summary.0.iter().filter(|(_, value)| !value.is_null());
    let mut rows: Vec<[String; 2]> =
        rows.map(|(name, value)| [name.clone(), plain(value)]).collect();
    rows.push(["path_and_query".to_owned(), delivery.path_and_query.clone()]);
    rows.push([
        "client_address".to_owned(),
        delivery.client_address.clone().unwrap_or("–".to_owned()),
    ]);
    rows.push([
        "signature_form".to_owned(),
        delivery.signature_form.clone().unwrap_or("–".to_owned()),
    ]);
    output::table(["column", "value"], rows)?;
    output::line("\nheaders")?;
    for header in delivery.headers.as_array().into_iter().flatten() {
        let part = |index| header.get(index).and_then(Value::as_str).unwrap_or_default();
        output::line(format!("  {}: {}", part(0), output::printable(part(1))))?;
    }
    output::line("\nbody")?;
    output::line(format!("  {}", output::printable(&String::from_utf8_lossy(&delivery.body))))
}

fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}
