//! Selects the kept deliveries, replays them, and reports on each.

use super::report::Report;
use crate::account::Accounts;
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::ReplayOptions;
use crate::command::deliveries::find::{delivery_id, prefix};
use crate::command::list::deliveries;
use crate::command::terminal::times::Times;
use crate::config::Configuration;
use crate::replay::{Mode, Replay};
use crate::store::{Condition, KeptFilter, Store};
use refund_providers::contract::{Outcome, Verdict};

/// Returns the conditions that the options describe, except that on the refund.
pub(in crate::command::deliveries) fn conditions(
    options: &ReplayOptions,
) -> Result<Vec<Condition>, Failure> {
    options.delivery_ids.iter().try_for_each(|text| prefix(text).map(drop))?;
    let conditions = deliveries(&options.filter, &Times::of(&options.zone)?)?;
    let undecryptable = Outcome::Undecryptable.as_str();
    for word in &options.filter.verdict {
        let is_known = KeptFilter::VERDICTS.iter().any(|verdict| verdict.as_str() == word);
        if !is_known && word != undecryptable {
            let known = KeptFilter::VERDICTS.map(Verdict::as_str).join(", ");
            let message =
                format!("--verdict: expected some of {known}, {undecryptable}, found {word:?}");
            return Err(Failure::Usage(message));
        }
    }
    Ok(conditions)
}

/// Replays the deliveries that match `filter`, and prints the result of each.
pub(in crate::command::deliveries) async fn run(
    configuration: Configuration,
    store: &Store,
    conditions: &[Condition],
    options: &ReplayOptions,
) -> Result<(), Failure> {
    let mut filter = KeptFilter::of(conditions)?;
    if !options.delivery_ids.is_empty() {
        let mut ids = Vec::new();
        for text in &options.delivery_ids {
            ids.push(delivery_id(store, text).await?);
        }
        filter.delivery_ids = Some(ids);
    }
    let filter = &filter;
    let mode = if options.dry_run { Mode::DryRun } else { Mode::Apply };
    let replay = Replay {
        accounts: &Accounts::new(configuration.accounts),
        store,
        recording: &configuration.recording,
        began: Clock::System.now(),
        mode,
    };
    let mut report = Report::new(mode, filter, &options.filter, options.json);
    let outcome = replay.run(filter, options.limit, |replayed| report.add(&replayed)).await;
    let missing = report.missing();
    if outcome.is_ok() && !missing.is_empty() {
        report.add_missing(&missing, &store.not_waiting(&missing).await?)?;
    }
    report.finish(outcome)
}
