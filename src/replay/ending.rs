//! What becomes of a replayed delivery, in words.

use super::{Fate, Mode, Replayed};
use refund_providers::contract::Verdict;

/// The result for one delivery, in the order of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// It became a new delivery with this verdict.
    Became(Verdict),
    /// It is refused today, too.
    StillRefused,
    /// It is never judged.
    StillTurnedAway,
    /// It is unreadable for the same reason.
    StillUnreadable,
    /// Today's code reads no more of it.
    NothingNew,
    /// Today's keys no longer verify it.
    NoLongerVerified,
    /// It was replayed before.
    AlreadyReplayed,
    /// Retention or an erasure emptied it.
    Emptied,
    /// It does not wait for repair.
    NeedsNoRepair,
    /// Its account is not configured.
    NoSuchAccount,
    /// What was kept of it is damaged.
    Damaged,
    /// There is no such delivery.
    NoSuchDelivery,
    /// The new delivery could not be stored.
    NotStored,
}

impl Ending {
    /// Returns what became of a delivery.
    pub fn of(replayed: &Replayed) -> Self {
        match (&replayed.fate, replayed.kept.verdict) {
            (Fate::Recorded(new), _) => match new.outcome.verdict() {
                // A committed delivery is never refused and never without a verdict.
                Some(Verdict::Refused) | None => Self::NotStored,
                Some(verdict) => Self::Became(verdict),
            },
            (Fate::Refused(_), Verdict::Refused) => Self::StillRefused,
            (
                Fate::Refused(_),
                Verdict::Unreadable | Verdict::Recorded | Verdict::Duplicate | Verdict::Ignored,
            ) => Self::NoLongerVerified,
            (Fate::TurnedAway(_), _) => Self::StillTurnedAway,
            (Fate::StillUnreadable, _) => Self::StillUnreadable,
            (Fate::NothingNew, _) => Self::NothingNew,
            (Fate::Superseded, _) => Self::AlreadyReplayed,
            (Fate::NoSuchAccount, _) => Self::NoSuchAccount,
            (Fate::Damaged, _) => Self::Damaged,
            (Fate::NotStored(_), _) => Self::NotStored,
        }
    }

    /// Returns the word for the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Became(verdict) => verdict.as_str(),
            Self::StillRefused => "still_refused",
            Self::StillTurnedAway => "not_judged",
            Self::StillUnreadable => "still_unreadable",
            Self::NothingNew => "nothing_new",
            Self::NoLongerVerified => "not_believed_today",
            Self::AlreadyReplayed => "replayed_before",
            Self::Emptied => "emptied",
            Self::NeedsNoRepair => "needs_no_repair",
            Self::NoSuchAccount => "no_such_account",
            Self::Damaged => "damaged",
            Self::NoSuchDelivery => "no_such_delivery",
            Self::NotStored => "not_stored",
        }
    }

    /// Returns the words for people. They fit one delivery as well as a count of deliveries.
    pub fn words(self, mode: Mode) -> String {
        match self {
            Self::Became(verdict) => match mode {
                Mode::DryRun => format!("would be {}", verdict.as_str()),
                Mode::Apply => verdict.as_str().to_owned(),
            },
            Self::StillRefused => "still refused".to_owned(),
            Self::StillTurnedAway => "not judged".to_owned(),
            Self::StillUnreadable => "still unreadable".to_owned(),
            Self::NothingNew => "read as before".to_owned(),
            Self::NoLongerVerified => "no longer verified by today's keys".to_owned(),
            Self::AlreadyReplayed => "already replayed".to_owned(),
            Self::Emptied => {
                "emptied by retention or an erasure, so there is nothing to judge".to_owned()
            }
            Self::NeedsNoRepair => "not in need of repair".to_owned(),
            Self::NoSuchAccount => "of an account that is not configured".to_owned(),
            Self::Damaged => "DAMAGED".to_owned(),
            Self::NoSuchDelivery => "NOT FOUND".to_owned(),
            Self::NotStored => "NOT STORED".to_owned(),
        }
    }
}

/// Returns the reason of today's verdict.
pub fn reason_now(replayed: &Replayed) -> Option<String> {
    match &replayed.fate {
        Fate::Recorded(new) => new.reason.clone(),
        Fate::Refused(refusal) => Some(refusal.to_string()),
        Fate::TurnedAway(why) => Some(why.as_str().to_owned()),
        Fate::StillUnreadable => replayed.kept.reason.clone(),
        Fate::NothingNew | Fate::Superseded | Fate::NoSuchAccount | Fate::Damaged => None,
        Fate::NotStored(why) => Some(why.as_str().to_owned()),
    }
}
