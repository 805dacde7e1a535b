//! `deliveries list`: prints deliveries as a table.

use crate::command::Failure;
use crate::command::arguments::DeliveriesListOptions;
use crate::command::terminal::output::{self, plain};
use crate::command::terminal::times::time;
use crate::store::{DeliveryFilter, DeliverySummary, Store};
use refund_providers::contract::Verdict;

/// Returns the filter that the options describe.
pub(super) fn filter(options: &DeliveriesListOptions) -> Result<DeliveryFilter, Failure> {
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

pub(super) async fn list(
    store: &Store,
    filter: &DeliveryFilter,
    as_json: bool,
) -> Result<(), Failure> {
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
