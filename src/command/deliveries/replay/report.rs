//! The output of `deliveries replay`: one line for each delivery, and a summary whose first words
//! say how the command ended.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::command::Failure;
use crate::command::arguments::DeliveriesFilter;
use crate::command::terminal::output;
use crate::command::terminal::printable::printable;
use crate::replay::{Ending, Fate, Mode, Replayed, reason_now};
use crate::store::{KeptFilter, NotWaiting};
use refund_providers::contract::Verdict;

/// The output of a run, and its counts so far.
pub(super) struct Report {
    mode: Mode,
    as_json: bool,
    /// Whether the reader has closed standard output. A repair continues without output.
    is_muted: bool,
    /// The filter in words, for the summary.
    filter: String,
    /// The given ids that have not been found so far.
    missing: BTreeSet<Uuid>,
    tally: BTreeMap<Ending, u64>,
    ended_early: bool,
}

impl Report {
    /// Starts a report without output.
    pub(super) fn new(
        mode: Mode,
        filter: &KeptFilter,
        asked: &DeliveriesFilter,
        as_json: bool,
    ) -> Self {
        Self {
            mode,
            as_json,
            is_muted: false,
            filter: filter_in_words(asked),
            missing: filter.delivery_ids.iter().flatten().copied().collect(),
            tally: BTreeMap::new(),
            ended_early: false,
        }
    }

    /// Prints and counts the result for a delivery.
    pub(super) fn add(&mut self, replayed: &Replayed) -> Result<(), Failure> {
        let Replayed { kept, fate } = replayed;
        self.missing.remove(&kept.delivery_id);
        self.ended_early |= fate.ends_the_run();
        let ending = Ending::of(replayed);
        *self.tally.entry(ending).or_default() += 1;
        let line = if self.as_json {
            as_json(replayed, ending, self.mode)
        } else {
            as_text(replayed, ending, self.mode)
        };
        self.print(&line)
    }

    /// Returns the given ids that were not among the replayed deliveries; none if the run ended
    /// early.
    pub(super) fn missing(&self) -> Vec<Uuid> {
        if self.ended_early { Vec::new() } else { self.missing.iter().copied().collect() }
    }

    /// Prints and counts why these ids were not replayed.
    pub(super) fn add_missing(
        &mut self,
        missing: &[Uuid],
        known: &[NotWaiting],
    ) -> Result<(), Failure> {
        for delivery_id in missing {
            let found = known.iter().find(|known| known.delivery_id == *delivery_id);
            let (ending, replayed_by) = match found {
                None => (Ending::NoSuchDelivery, None),
                Some(NotWaiting { replayed_by: Some(by), .. }) => {
                    (Ending::AlreadyReplayed, Some(by))
                }
                Some(NotWaiting { is_emptied: true, .. }) => (Ending::Emptied, None),
                Some(NotWaiting { replayed_by: None, is_emptied: false, .. }) => {
                    (Ending::NeedsNoRepair, None)
                }
            };
            *self.tally.entry(ending).or_default() += 1;
            let verdict = found.map(|known| known.verdict.as_str());
            let line = if self.as_json {
                json!({
                    "delivery_id": delivery_id,
                    "verdict": verdict,
                    "result": ending.as_str(),
                    "replayed_by": replayed_by,
                    "dry_run": self.mode == Mode::DryRun,
                })
                .to_string()
            } else {
                let verdict = verdict.map(|word| format!("{word}, ")).unwrap_or_default();
                let by = replayed_by.map(|by| format!(" as {by}")).unwrap_or_default();
                format!("{delivery_id}  {verdict}{}{by}", ending.words(self.mode))
            };
            self.print(&line)?;
        }
        Ok(())
    }

    /// Prints the summary, and returns whether the command succeeded.
    pub(super) fn finish(mut self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        let count = |ending| self.tally.get(&ending).copied().unwrap_or_default();
        let (not_stored, unknown) = (count(Ending::NotStored), count(Ending::NoSuchDelivery));
        let is_done = outcome.is_ok() && not_stored == 0;
        let summary = self.summary(is_done);
        if !self.as_json {
            self.print(&summary)?;
        }
        outcome?;
        if not_stored > 0 {
            let rest = if self.ended_early { "; the remaining ones were not tried" } else { "" };
            let message = format!("{not_stored} of the deliveries could not be stored{rest}");
            return Err(Failure::Other(message));
        }
        if unknown > 0 {
            let message = format!(
                "{unknown} of the given ids were not found: they never existed, or the deliveries \
                 were evicted"
            );
            return Err(Failure::Other(message));
        }
        Ok(())
    }

    fn summary(&self, is_done: bool) -> String {
        let judged: u64 = self.tally.values().sum();
        let parts: Vec<String> = self
            .tally
            .iter()
            .map(|(ending, count)| format!("{count} {}", ending.words(self.mode)))
            .collect();
        let counts = format!("Examined {judged}: {}.", parts.join(", "));
        match (self.mode, is_done) {
            (Mode::DryRun, true) if judged > 0 => {
                format!("\nDRY RUN, NOTHING WAS WRITTEN. {counts}")
            }
            (Mode::Apply, true) if judged > 0 => {
                format!("\nDONE. {counts} No answers were sent.")
            }
            (Mode::DryRun | Mode::Apply, true) => {
                format!("NOTHING TO DO: no delivery{} waits for repair.", self.filter)
            }
            (Mode::DryRun | Mode::Apply, false) => {
                let so_far = if judged > 0 { format!(" {counts}") } else { String::new() };
                format!("\nNOT DONE.{so_far} Run the command again: it replays no delivery twice.")
            }
        }
    }

    /// Prints a line. In a repair, a closed output is no failure.
    fn print(&mut self, line: &str) -> Result<(), Failure> {
        if self.is_muted {
            return Ok(());
        }
        match (output::line(line), self.mode) {
            (Err(Failure::OutputClosed), Mode::Apply) => {
                self.is_muted = true;
                Ok(())
            }
            (outcome, Mode::DryRun | Mode::Apply) => outcome,
        }
    }
}

/// Returns the filter in words, each part after a space.
fn filter_in_words(filter: &DeliveriesFilter) -> String {
    let verdicts = (!filter.verdict.is_empty()).then(|| filter.verdict.join(" or "));
    let parts = [
        ("of account", filter.account.clone()),
        ("of provider", filter.provider.clone()),
        ("with verdict", verdicts),
        ("with reason", filter.reason.clone()),
        ("verified by", filter.key.clone()),
        ("from", filter.client.clone()),
        ("of refund", filter.refund.clone()),
        ("that is", filter.replayed.then(|| "a replay".to_owned())),
        ("that", filter.waiting.then(|| "nobody dismissed".to_owned())),
        ("received since", filter.since.clone()),
        ("received before", filter.until.clone()),
    ];
    let given = parts.into_iter().filter_map(|(what, value)| Some(format!(" {what} {}", value?)));
    printable(&given.collect::<String>())
}

fn as_json(replayed: &Replayed, ending: Ending, mode: Mode) -> String {
    let Replayed { kept, fate } = replayed;
    let new = fate.new_delivery();
    let refunds = new.map(|new| new.refunds.iter()).into_iter().flatten();
    let refunds: Vec<_> = refunds
        .map(|(id, status)| json!({"merchant_refund_id": id, "status": status.as_str()}))
        .collect();
    json!({
        "delivery_id": kept.delivery_id,
        "received_at": kept.received_at.format(&Rfc3339).ok(),
        "provider": kept.provider,
        "account": kept.account,
        "verdict": kept.verdict.as_str(),
        "reason": kept.reason,
        "key_id": kept.key_id,
        "result": ending.as_str(),
        "result_reason": reason_now(replayed),
        "replayed_by": new.and_then(|new| new.delivery_id),
        "refunds": refunds,
        "dry_run": mode == Mode::DryRun,
    })
    .to_string()
}

fn as_text(replayed: &Replayed, ending: Ending, mode: Mode) -> String {
    let Replayed { kept, fate } = replayed;
    let received = kept.received_at.replace_nanosecond(0).unwrap_or(kept.received_at);
    let received = received.format(&Rfc3339).unwrap_or_default();
    let reason_then = kept.reason.iter().map(|reason| format!(" {reason}"));
    let was = format!("{}{}", kept.verdict.as_str(), reason_then.collect::<String>());
    let words = ending.words(mode);
    let reason = reason_now(replayed).map(|reason| format!(" {reason}")).unwrap_or_default();
    let key = kept.key_id.as_deref().unwrap_or_default();
    let text = match fate {
        Fate::Recorded(new) => {
            let refunds = new.refunds.iter().map(|(id, status)| format!("{id} {status}"));
            let refunds = refunds.collect::<Vec<_>>().join(", ");
            let refunds = if refunds.is_empty() { refunds } else { format!(": {refunds}") };
            format!("{was} → {words}{reason}{refunds}")
        }
        Fate::Refused(_) if kept.verdict == Verdict::Refused => format!("{words}:{reason}"),
        Fate::Refused(_) => format!("{was}, {words}:{reason}; key {key} verified it then"),
        Fate::TurnedAway(_) | Fate::StillUnreadable => format!("{words}:{reason}"),
        Fate::NothingNew | Fate::Superseded | Fate::Damaged => format!("{was}, {words}"),
        Fate::NoSuchAccount => format!("{was}, {words} for {}", kept.provider),
        Fate::NotStored(_) => format!("{was}, {words}:{reason}"),
    };
    let account = &kept.account;
    printable(&format!("{}  {received}  {account}  {text}", kept.delivery_id))
}
