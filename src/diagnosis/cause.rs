//! The cause of a delivery's verdict.

use super::case::{Case, Today};
use super::changes::Change;
use super::examine::Examined;
use super::findings::{FittingAccount, RemovedKey};
use crate::store::TurnedAway;
use refund_providers::contract::{Explanation, Judgement, Meaning, Problem, Refusal, Verdict};

/// All that the cause depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub case: &'a Case<'a>,
    pub today: &'a Today,
    pub examined: &'a Examined,
    pub explained: Option<&'a Explanation>,
    /// Whether a key of the account fits as of the time of signing.
    pub fits_when_signed: bool,
    pub change: Option<&'a Change>,
    pub other_accounts: &'a [FittingAccount],
}

/// Why a delivery has its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause<'a> {
    /// It is recorded.
    Recorded,
    /// It is authentic and not about a refund.
    NotARefund,
    /// Today's keys verify it, and it is not recorded.
    NotReplayed,
    /// Its account is not configured.
    NoSuchAccount,
    /// Its body was emptied.
    Emptied,
    /// Its body is sealed, and no key opens it.
    Locked,
    /// It was turned away before anything was verified.
    TurnedAway(TurnedAway),
    /// The key of another account fits.
    OtherAccount(&'a FittingAccount),
    /// The secret in a file fits.
    SecretInFile,
    /// The key that fits was removed, or probably was.
    RemovedKey(&'a RemovedKey),
    /// A key fits, and the time of signing is outside of the window.
    Clock,
    /// The body is not whole.
    Truncated,
    /// Something on the way changed the request.
    Changed(&'a Change),
    /// No decryption key of the account opens it.
    Undecryptable,
    /// It is for an account of the provider that is not configured.
    ForeignAccount,
    /// It is authentic and not as documented.
    Unreadable,
    /// None of these: the reason says what is wrong.
    Refused(Refusal),
}

impl Cause<'_> {
    /// Returns the word of the cause, for programs.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Recorded => "none",
            Self::NotARefund => "not_a_refund",
            Self::NotReplayed => "not_replayed",
            Self::NoSuchAccount => "account_not_configured",
            Self::Emptied => "body_emptied",
            Self::Locked => "body_locked",
            Self::TurnedAway(_) => "turned_away",
            Self::OtherAccount(_) => "key_of_other_account",
            Self::SecretInFile => "secret_in_file",
            Self::RemovedKey(_) => "removed_key",
            Self::Clock => "clock",
            Self::Truncated => "truncated",
            Self::Changed(Change::Path(_)) => "changed_path",
            Self::Changed(Change::ByteOrderMark) => "byte_order_mark",
            Self::Changed(
                Change::WhiteSpace
                | Change::LineBreaks
                | Change::JsonLayout
                | Change::Charset
                | Change::Escapes,
            ) => "changed_body",
            Self::Undecryptable => "wrong_decryption_key",
            Self::ForeignAccount => "foreign_account",
            Self::Unreadable => "not_as_documented",
            Self::Refused(refusal) => refusal.as_str(),
        }
    }
}

/// Returns the cause.
pub(super) fn cause<'a>(facts: &Facts<'a>) -> Cause<'a> {
    let other = facts.other_accounts.first().map(Cause::OtherAccount);
    // Recording found this. No judgement of one delivery does.
    let reused = Refusal::TransmissionReused;
    if facts.case.detail.summary.text("reason") == reused.as_str() {
        return Cause::Refused(reused);
    }
    match facts.today {
        Today::Emptied => Cause::Emptied,
        Today::Locked => Cause::Locked,
        Today::TurnedAway(why) => Cause::TurnedAway(*why),
        Today::NoSuchAccount => other.unwrap_or(Cause::NoSuchAccount),
        Today::Judged(Judgement::Authentic(_, meaning)) => of_authentic(facts, meaning, other),
        Today::Judged(Judgement::Refused(refusal)) => of_refused(facts, *refusal, other),
    }
}

fn of_authentic<'a>(facts: &Facts<'a>, meaning: &Meaning, other: Option<Cause<'a>>) -> Cause<'a> {
    match meaning {
        Meaning::Undecryptable => match facts.case.secret_in_file_fits {
            Some(true) => Cause::SecretInFile,
            Some(false) | None => other.unwrap_or(Cause::Undecryptable),
        },
        Meaning::Unreadable(unreadable) | Meaning::PartlyUnreadable(_, unreadable) => {
            match unreadable.problem {
                Problem::ForeignAccount => Cause::ForeignAccount,
                Problem::MalformedContent
                | Problem::MissingField
                | Problem::InvalidText
                | Problem::UnsupportedAlgorithm
                | Problem::UnsupportedEvent => match facts.change {
                    Some(change) => Cause::Changed(change),
                    None if is_cut(facts) => Cause::Truncated,
                    None => Cause::Unreadable,
                },
            }
        }
        Meaning::NotARefund(_) => Cause::NotARefund,
        Meaning::Refunds(_) => {
            let summary = &facts.case.detail.summary;
            let waiting = [Verdict::Refused, Verdict::Unreadable].map(Verdict::as_str);
            let waits = waiting.contains(&summary.text("verdict")) && !summary.has("replayed_by");
            if waits { Cause::NotReplayed } else { Cause::Recorded }
        }
    }
}

fn of_refused<'a>(facts: &Facts<'a>, refusal: Refusal, other: Option<Cause<'a>>) -> Cause<'a> {
    if refusal == Refusal::SignatureProbe {
        return Cause::Refused(refusal);
    }
    if refusal == Refusal::Stale && facts.fits_when_signed {
        return Cause::Clock;
    }
    if let Some(other) = other {
        return other;
    }
    if facts.case.secret_in_file_fits == Some(true) {
        return Cause::SecretInFile;
    }
    if let Some(change) = facts.change {
        return Cause::Changed(change);
    }
    if is_cut(facts) {
        return Cause::Truncated;
    }
    removed_key(facts, refusal).map_or(Cause::Refused(refusal), Cause::RemovedKey)
}

/// Returns whether the body is shorter than it was sent.
fn is_cut(facts: &Facts<'_>) -> bool {
    let length = facts.case.detail.body.len();
    facts.examined.ends_early
        || facts.examined.announced.is_some_and(|announced| announced != length)
}

/// Returns the removed key with which the delivery was probably signed: the one that it names, or if
/// it names none of ours the one that was used last.
fn removed_key<'a>(facts: &Facts<'a>, refusal: Refusal) -> Option<&'a RemovedKey> {
    let removed = facts.case.removed_keys;
    let explained = facts.explained?;
    let named = explained.named_key.as_deref();
    let of_this_name = removed.iter().find(|key| Some(key.key_id.as_str()) == named);
    let was_tried = explained.tried_keys.iter().any(|key| Some(key.as_str()) == named);
    of_this_name.or_else(|| removed.first().filter(|_| refusal.is_of_key() && !was_tried))
}
