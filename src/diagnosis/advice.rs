//! One sentence that says what to do.

use super::case::{Case, Today};
use super::examine::Examined;
use super::findings::FittingAccount;
use super::of_refusal::of_refusal;
use crate::store::TurnedAway;
use refund_providers::contract::{Judgement, Meaning, Problem, Refusal, Verdict};

/// All that the sentence depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub case: &'a Case<'a>,
    pub today: &'a Today,
    pub examined: &'a Examined,
    pub other_accounts: &'a [FittingAccount],
}

/// Returns the sentence.
pub(super) fn advice(facts: &Facts<'_>) -> String {
    let summary = &facts.case.detail.summary;
    let name = summary.text("account");
    // Recording found this. No judgement of one delivery does.
    if summary.text("reason") == Refusal::TransmissionReused.as_str() {
        return of_refusal(Refusal::TransmissionReused).to_owned();
    }
    match facts.today {
        Today::Emptied => {
            "Its body was emptied after `[retention] bodies_days`, so it cannot be judged \
             again: ask the provider to send it again."
                .to_owned()
        }
        Today::TurnedAway(why) => of_turned_away(*why).to_owned(),
        Today::NoSuchAccount => match facts.other_accounts.first() {
            Some(other) => of_other_account(facts, other),
            None => format!(
                "The account {name} is not configured: add it to the configuration, then judge it again."
            ),
        },
        Today::Judged(Judgement::Authentic(_, meaning)) => of_authentic(facts, meaning),
        Today::Judged(Judgement::Refused(refusal)) => of_refused(facts, *refusal),
    }
}

/// Returns what to do about a delivery that today's keys verify.
fn of_authentic(facts: &Facts<'_>, meaning: &Meaning) -> String {
    let summary = &facts.case.detail.summary;
    let (id, name) = (summary.text("delivery_id"), summary.text("account"));
    match meaning {
        Meaning::Undecryptable => match facts.other_accounts.first() {
            Some(other) => of_other_account(facts, other),
            None => format!(
                "The signature fits, and no decryption key of {name} opens the content: correct the \
                 account's key, then run `refund-inbox deliveries replay {id}`."
            ),
        },
        Meaning::Unreadable(unreadable) | Meaning::PartlyUnreadable(_, unreadable) => {
            of_unreadable(unreadable.problem, id)
        }
        Meaning::NotARefund(_) => {
            "It is authentic and reports no refund: there is nothing to do.".to_owned()
        }
        Meaning::Refunds(_) => {
            let waits = [Verdict::Refused, Verdict::Unreadable].map(Verdict::as_str);
            if waits.contains(&summary.text("verdict")) && !summary.has("replayed_by") {
                return format!(
                    "Today's keys verify it: run `refund-inbox deliveries replay {id}` to record it."
                );
            }
            "Today's keys verify it, and what it says is recorded: there is nothing to do."
                .to_owned()
        }
    }
}

/// Returns what to do about an authentic delivery that we cannot read.
fn of_unreadable(problem: Problem, id: &str) -> String {
    match problem {
        Problem::ForeignAccount => format!(
            "It is authentic and for an account of the provider that is not configured: add that account, \
             then run `refund-inbox deliveries replay {id}`."
        ),
        Problem::MalformedContent
        | Problem::MissingField
        | Problem::InvalidText
        | Problem::UnsupportedAlgorithm
        | Problem::UnsupportedEvent => {
            "It is authentic and not as the provider documents it: send it to the developers of \
             refund-inbox, and replay it with the version that reads it."
                .to_owned()
        }
    }
}

/// Returns what to do about a delivery that is refused.
fn of_refused(facts: &Facts<'_>, refusal: Refusal) -> String {
    let name = facts.case.detail.summary.text("account");
    if let Some(other) = facts.other_accounts.first() {
        return of_other_account(facts, other);
    }
    if facts.case.secret_in_file_fits == Some(true) {
        return format!(
            "The secret in the file fits and the account {name} lacks it: add it to the account's list, \
             reload, and replay."
        );
    }
    let length = facts.case.detail.body.len();
    if facts.examined.announced.is_some_and(|announced| announced != length) {
        return "The body is not as long as it was sent: it was cut or changed on the way."
            .to_owned();
    }
    if facts.examined.has_mark {
        return "The body was encoded again on the way: switch that off in the proxy.".to_owned();
    }
    of_refusal(refusal).to_owned()
}

/// Returns what to do about a delivery that is another account's.
fn of_other_account(facts: &Facts<'_>, other: &FittingAccount) -> String {
    let summary = &facts.case.detail.summary;
    let (name, provider) = (summary.text("account"), summary.text("provider"));
    let other = &other.account;
    let url = facts.case.http.url_of(&format!("/notify/{provider}/{other}"));
    format!(
        "Signed by the key of {other}: the provider has the URL of {name} for it; give it {url}."
    )
}

/// Returns what to do about a request that was turned away before it was judged.
fn of_turned_away(why: TurnedAway) -> &'static str {
    match why {
        TurnedAway::ContentEncoding => {
            "The body has a content coding, which changes the signed bytes: switch compression of \
             requests off in the proxy."
        }
        TurnedAway::TooLarge => {
            "The body is larger than `[http] max_body_bytes`, and only its beginning is kept: raise the \
             limit if the provider sends such bodies, and ask it to send again."
        }
        TurnedAway::TooSlow => {
            "The body took longer than `[http] body_timeout_seconds`, and only its beginning is kept: look \
             for a slow proxy; the provider sends again."
        }
        TurnedAway::BrokenBody => {
            "The connection broke before the whole body arrived: look for a proxy that ends connections \
             early; the provider sends again."
        }
    }
}
