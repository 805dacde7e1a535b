//! What `deliveries replay` says: a line for each delivery, and a last one that cannot be taken for
//! another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::command::Failure;
use crate::command::terminal::output;
use crate::replay::{Fate, Mode, Replayed};
use crate::store::{KeptFilter, NotWaiting};
use refund_providers::contract::Outcome;
use refund_providers::contract::Verdict;

/// What has been said of a run so far.
pub(in crate::command) struct Report {
    mode: Mode,
    as_json: bool,
    /// Whoever read it has gone. A repair goes on all the same.
    is_muted: bool,
    asked_for: String,
    /// The numbers that were given and that no delivery has had yet.
    missing: BTreeSet<Uuid>,
    tally: BTreeMap<Ending, u64>,
    ended_early: bool,
}

/// How it ended for a delivery, in the order of the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Recorded,
    Duplicate,
    Ignored,
    Unreadable,
    StillRefused,
    StillUnreadable,
    NotBelievedToday,
    ReplayedBefore,
    NeedsNoRepair,
    NoSuchAccount,
    Damaged,
    NoSuchDelivery,
    NotStored,
}

impl Ending {
    fn of(replayed: &Replayed) -> Self {
        match (&replayed.fate, replayed.kept.verdict) {
            (Fate::Recorded(new), _) => match new.outcome {
                Outcome::Recorded => Self::Recorded,
                Outcome::Duplicate => Self::Duplicate,
                Outcome::Ignored => Self::Ignored,
                Outcome::Unreadable | Outcome::Undecryptable => Self::Unreadable,
                // Nothing that was committed comes to these.
                Outcome::Refused | Outcome::Unavailable => Self::NotStored,
            },
            (Fate::Refused(_), Verdict::Refused) => Self::StillRefused,
            (
                Fate::Refused(_),
                Verdict::Unreadable | Verdict::Recorded | Verdict::Duplicate | Verdict::Ignored,
            ) => Self::NotBelievedToday,
            (Fate::StillUnreadable, _) => Self::StillUnreadable,
            (Fate::Superseded, _) => Self::ReplayedBefore,
            (Fate::NoSuchAccount, _) => Self::NoSuchAccount,
            (Fate::Damaged, _) => Self::Damaged,
            (Fate::NotStored(_), _) => Self::NotStored,
        }
    }

    /// The word in JSON.
    fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Unreadable => "unreadable",
            Self::StillRefused => "still_refused",
            Self::StillUnreadable => "still_unreadable",
            Self::NotBelievedToday => "not_believed_today",
            Self::ReplayedBefore => "replayed_before",
            Self::NeedsNoRepair => "needs_no_repair",
            Self::NoSuchAccount => "no_such_account",
            Self::Damaged => "damaged",
            Self::NoSuchDelivery => "no_such_delivery",
            Self::NotStored => "not_stored",
        }
    }

    /// The words for people, of one or of several.
    fn words(self, mode: Mode) -> String {
        let changed = |word: &str| match mode {
            Mode::DryRun => format!("would be {word}"),
            Mode::Apply => word.to_owned(),
        };
        match self {
            Self::Recorded => changed("recorded"),
            Self::Duplicate => changed("duplicate"),
            Self::Ignored => changed("ignored"),
            Self::Unreadable => changed("unreadable"),
            Self::StillRefused => "still refused".to_owned(),
            Self::StillUnreadable => "still unreadable".to_owned(),
            Self::NotBelievedToday => "not believed with today's keys".to_owned(),
            Self::ReplayedBefore => "replayed before".to_owned(),
            Self::NeedsNoRepair => "in no need of repair".to_owned(),
            Self::NoSuchAccount => "of an account that is not configured".to_owned(),
            Self::Damaged => "DAMAGED".to_owned(),
            Self::NoSuchDelivery => "UNKNOWN".to_owned(),
            Self::NotStored => "NOT STORED".to_owned(),
        }
    }
}

impl Report {
    pub(in crate::command) fn new(mode: Mode, filter: &KeptFilter, as_json: bool) -> Self {
        Self {
            mode,
            as_json,
            is_muted: false,
            asked_for: asked_for(filter),
            missing: filter.delivery_ids.iter().flatten().copied().collect(),
            tally: BTreeMap::new(),
            ended_early: false,
        }
    }

    /// Says what came of a delivery.
    pub(in crate::command) fn tell(&mut self, replayed: &Replayed) -> Result<(), Failure> {
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
        self.say(&line)
    }

    /// The numbers that were given, and that nothing has been said of although all was judged.
    pub(in crate::command) fn missing(&self) -> Vec<Uuid> {
        if self.ended_early { Vec::new() } else { self.missing.iter().copied().collect() }
    }

    /// Says why nothing was to be done for the deliveries of these numbers.
    pub(in crate::command) fn tell_why_missing(
        &mut self,
        missing: &[Uuid],
        known: &[NotWaiting],
    ) -> Result<(), Failure> {
        for number in missing {
            let found = known.iter().find(|known| known.delivery_id == *number);
            let (ending, replayed_by) = match found {
                None => (Ending::NoSuchDelivery, None),
                Some(NotWaiting { replayed_by: Some(by), .. }) => {
                    (Ending::ReplayedBefore, Some(by))
                }
                Some(NotWaiting { replayed_by: None, .. }) => (Ending::NeedsNoRepair, None),
            };
            *self.tally.entry(ending).or_default() += 1;
            let verdict = found.map(|known| known.verdict.as_str());
            let line = if self.as_json {
                json!({
                    "delivery_id": number,
                    "verdict": verdict,
                    "result": ending.as_str(),
                    "replayed_by": replayed_by,
                    "dry_run": self.mode == Mode::DryRun,
                })
                .to_string()
            } else {
                let verdict = verdict.map(|word| format!("{word}, ")).unwrap_or_default();
                let by = replayed_by.map(|by| format!(" as {by}")).unwrap_or_default();
                format!("{number}  {verdict}{}{by}", ending.words(self.mode))
            };
            self.say(&line)?;
        }
        Ok(())
    }

    /// The last line, and whether the command did what it was asked.
    pub(in crate::command) fn end(mut self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        let count = |ending| self.tally.get(&ending).copied().unwrap_or_default();
        let (not_stored, unknown) = (count(Ending::NotStored), count(Ending::NoSuchDelivery));
        let is_done = outcome.is_ok() && not_stored == 0;
        let last_line = self.last_line(is_done);
        if !self.as_json {
            self.say(&last_line)?;
        }
        outcome?;
        if not_stored > 0 {
            let rest = if self.ended_early { "; the rest was not tried" } else { "" };
            return Err(Failure::Other(format!("{not_stored} could not be stored{rest}")));
        }
        if unknown > 0 {
            let message =
                format!("{unknown} of these numbers no delivery has, or it is kept no more");
            return Err(Failure::Other(message));
        }
        Ok(())
    }

    fn last_line(&self, is_done: bool) -> String {
        let judged: u64 = self.tally.values().sum();
        let parts: Vec<String> = self
            .tally
            .iter()
            .map(|(ending, count)| format!("{count} {}", ending.words(self.mode)))
            .collect();
        let found = format!("{judged} looked at: {}.", parts.join(", "));
        match (self.mode, is_done) {
            (Mode::DryRun, true) if judged > 0 => {
                format!("\nDRY RUN, NOTHING WAS WRITTEN. {found}")
            }
            (Mode::Apply, true) if judged > 0 => {
                format!("\nDONE. {found} Nobody was answered.")
            }
            (Mode::DryRun | Mode::Apply, true) => {
                format!("NOTHING TO DO: no delivery{} waits for repair.", self.asked_for)
            }
            (Mode::DryRun | Mode::Apply, false) => {
                let so_far = if judged > 0 { format!(" {found}") } else { String::new() };
                format!("\nNOT DONE.{so_far} Run it again: nothing is replayed twice.")
            }
        }
    }

    fn say(&mut self, line: &str) -> Result<(), Failure> {
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

/// The filter in words.
fn asked_for(filter: &KeptFilter) -> String {
    let parts = [
        ("of account", filter.account.clone()),
        ("with verdict", filter.verdict.map(|verdict| verdict.as_str().to_owned())),
        ("with reason", filter.reason.clone()),
        ("received since", filter.since.and_then(|time| time.format(&Rfc3339).ok())),
        ("received before", filter.until.and_then(|time| time.format(&Rfc3339).ok())),
    ];
    let given = parts.into_iter().filter_map(|(what, value)| Some(format!(" {what} {}", value?)));
    output::printable(&given.collect::<String>())
}

fn as_json(replayed: &Replayed, ending: Ending, mode: Mode) -> String {
    let Replayed { kept, fate } = replayed;
    let new = fate.new_delivery();
    let refunds = new.map(|new| new.refunds.iter()).into_iter().flatten();
    let refunds: Vec<_> = refunds
        .map(|(number, status)| json!({"merchant_refund_id": number, "status": status.as_str()}))
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
    let was = format!("{} {}", kept.verdict.as_str(), kept.reason.as_deref().unwrap_or_default());
    let words = ending.words(mode);
    let reason = reason_now(replayed).map(|reason| format!(" {reason}")).unwrap_or_default();
    let key = kept.key_id.as_deref().unwrap_or_default();
    let text = match fate {
        Fate::Recorded(new) => {
            let told = new.refunds.iter().map(|(number, status)| format!("{number} {status}"));
            let told = told.collect::<Vec<_>>().join(", ");
            let told = if told.is_empty() { told } else { format!(": {told}") };
            format!("{was} → {words}{reason}{told}")
        }
        Fate::Refused(_) if kept.verdict == Verdict::Refused => format!("{words}:{reason}"),
        Fate::Refused(_) => format!("{was}, {words}:{reason}; verified then by key {key}"),
        Fate::StillUnreadable => format!("{words}:{reason}"),
        Fate::Superseded | Fate::Damaged => format!("{was}, {words}"),
        Fate::NoSuchAccount => format!("{was}, {words} for {}", kept.provider),
        Fate::NotStored(_) => format!("{was}, {words}:{reason}"),
    };
    let account = &kept.account;
    output::printable(&format!("{}  {received}  {account}  {text}", kept.delivery_id))
}

/// The reason by today's judgement.
fn reason_now(replayed: &Replayed) -> Option<&str> {
    match &replayed.fate {
        Fate::Recorded(new) => new.reason.as_deref(),
        Fate::Refused(refusal) => Some(refusal.as_str()),
        Fate::StillUnreadable => replayed.kept.reason.as_deref(),
        Fate::Superseded | Fate::NoSuchAccount | Fate::Damaged => None,
        Fate::NotStored(why) => Some(why.as_str()),
    }
}
