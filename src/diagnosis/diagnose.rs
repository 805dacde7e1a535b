//! Judges a kept delivery again, and gathers what it finds.

use time::OffsetDateTime;

use super::advice::advice;
use super::case::{Case, Today};
use super::cause::{Facts, cause};
use super::changes::Change;
use super::examine::examine;
use super::findings::{Diagnosis, Judged};
use super::fit::fit;
use super::signed_text::{SignedText, rule};
use refund_providers::contract::{Explanation, Judgement, Meaning, Verdict};

/// Judges a kept delivery again, and says what to do.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let summary = &case.detail.summary;
    let (account, delivery) = (case.account(), case.delivery());
    let today = case.today();
    // Of some requests only a part is kept, which is never judged.
    let is_judged = match today {
        Today::Emptied | Today::Locked | Today::TurnedAway(_) => false,
        Today::NoSuchAccount | Today::Judged(_) => true,
    };
    let is_refused = matches!(today, Today::Judged(Judgement::Refused(_)));
    // What nothing protects is accepted although it was changed, and then it cannot be read.
    let is_damaged =
        matches!(today, Today::Judged(Judgement::Authentic(_, Meaning::Unreadable(_))));
    let explained = account.filter(|_| is_judged).map(|it| it.provider.explain(&delivery));
    let examined = examine(&delivery);
    let other_accounts = if is_judged { case.other_accounts() } else { Vec::new() };
    let own = account.filter(|_| is_refused).and_then(|it| fit(&*it.provider, &delivery));
    let change = match &explained {
        Some(explained) if is_damaged || (is_refused && own.is_none()) => case.change(explained),
        Some(_) | None => None,
    };
    let signed_at = explained.as_ref().and_then(|explained| explained.signed_at);
    let before = |at: OffsetDateTime| case.received_at - at;
    let clock = signed_at.map(before).or(examined.clock).map(time::Duration::whole_seconds);
    let cause = cause(&Facts {
        case,
        today: &today,
        examined: &examined,
        explained: explained.as_ref(),
        fits_when_signed: own.is_some_and(|fit| fit.is_stale),
        change: change.as_ref(),
        other_accounts: &other_accounts,
    });
    let ids = |of: fn(&Explanation) -> Vec<String>| explained.as_ref().map(of).unwrap_or_default();
    Diagnosis {
        delivery_id: summary.text("delivery_id").to_owned(),
        provider: summary.text("provider").to_owned(),
        account: summary.text("account").to_owned(),
        account_is_configured: account.is_some(),
        path: case.detail.path_and_query.clone(),
        verdict_then: Judged {
            verdict: summary.text("verdict").to_owned(),
            reason: summary.plain("reason"),
            key_id: summary.plain("key_id"),
        },
        verdict_today: judged(&today),
        key_presented: explained.as_ref().and_then(|explained| explained.named_key.clone()),
        keys_tried: ids(|it| it.tried_keys.iter().map(ToString::to_string).collect()),
        decryption_keys: ids(|it| it.decryption_keys.iter().map(ToString::to_string).collect()),
        signed: explained.as_ref().map_or("not read", |it| rule(&it.signed)).to_owned(),
        signed_text: explained.as_ref().and_then(|it| SignedText::of(&it.signed)),
        removed_keys: case.removed_keys.to_vec(),
        secret_in_file_fits: case.secret_in_file_fits,
        received_bytes: case.detail.body.len(),
        announced_bytes: examined.announced,
        clock_difference_seconds: clock,
        change: change.as_ref().map(Change::in_words),
        signs_of_a_proxy: examined.signs(),
        cause: cause.as_str().to_owned(),
        advice: advice(case, &cause, clock),
        other_accounts,
    }
}

/// Returns the verdict of today, if there is one.
fn judged(today: &Today) -> Option<Judged> {
    let refused = |reason: String| Judged {
        verdict: Verdict::Refused.as_str().to_owned(),
        reason: Some(reason),
        key_id: None,
    };
    match today {
        Today::NoSuchAccount | Today::Emptied | Today::Locked => None,
        Today::TurnedAway(why) => Some(refused(why.as_str().to_owned())),
        Today::Judged(Judgement::Refused(refusal)) => Some(refused(refusal.to_string())),
        Today::Judged(Judgement::Authentic(proof, meaning)) => Some(Judged {
            verdict: meaning.outcome_if_new().as_str().to_owned(),
            reason: meaning.reason(),
            key_id: Some(proof.key_id().to_string()),
        }),
    }
}
