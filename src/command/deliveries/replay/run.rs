//! Selects the kept deliveries, replays them, and reports on each.

use super::report::Report;
use crate::account::Accounts;
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::ReplayOptions;
use crate::command::deliveries::find::{delivery_id, prefix};
use crate::command::terminal::times::Times;
use crate::config::Configuration;
use crate::replay::{Mode, Replay};
use crate::store::{KeptFilter, Store};
use refund_providers::contract::Verdict;

/// Returns the filter that the options describe.
pub(in crate::command::deliveries) fn filter(
    options: &ReplayOptions,
) -> Result<KeptFilter, Failure> {
    let verdict = options.verdict.as_deref().map(|word| {
        let known = KeptFilter::VERDICTS.map(Verdict::as_str).join(", ");
        let message = format!("--verdict: expected {known}, found {word:?}");
        let verdict = Verdict::from_word(word);
        verdict.filter(|it| KeptFilter::VERDICTS.contains(it)).ok_or(Failure::Usage(message))
    });
    for text in &options.delivery_ids {
        prefix(text)?;
    }
    let times = Times::in_utc();
    Ok(KeptFilter {
        delivery_ids: None,
        verdict: verdict.transpose()?,
        account: options.account.clone(),
        reason: options.reason.clone(),
        since: times.read("since", options.since.as_deref())?,
        until: times.read("until", options.until.as_deref())?,
    })
}

/// Replays the deliveries that match `filter`, and prints the result of each.
pub(in crate::command::deliveries) async fn run(
    configuration: Configuration,
    store: &Store,
    mut filter: KeptFilter,
    options: &ReplayOptions,
) -> Result<(), Failure> {
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
    let mut report = Report::new(mode, filter, options.json);
    let outcome = replay.run(filter, options.limit, |replayed| report.add(&replayed)).await;
    let missing = report.missing();
    if outcome.is_ok() && !missing.is_empty() {
        report.add_missing(&missing, &store.not_waiting(&missing).await?)?;
    }
    report.finish(outcome)
}
