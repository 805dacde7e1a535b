//! Judges a kept delivery again, and gathers what it finds.

use super::advice::{Facts, advice};
use super::case::{Case, Today};
use super::examine::examine;
use super::findings::{Diagnosis, Judged};
use refund_providers::contract::{Judgement, Verdict};

/// Judges a kept delivery again, and says what to do.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let summary = &case.detail.summary;
    let account = Case::account(case.detail, case.accounts);
    let today = case.today(account);
    let examined = examine(&case.delivery());
    let other_accounts = case.other_accounts(&today);
    let facts = Facts { case, today: &today, examined: &examined, other_accounts: &other_accounts };
    let advice = advice(&facts);
    let keys = account.map(|account| account.provider.keys()).unwrap_or_default();
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
        keys_tried: keys.into_iter().map(|key| key.key_id.to_string()).collect(),
        other_accounts,
        removed_keys: case.removed_keys.to_vec(),
        secret_in_file_fits: case.secret_in_file_fits,
        received_bytes: case.detail.body.len(),
        announced_bytes: examined.announced,
        clock_difference_seconds: examined.clock.map(time::Duration::whole_seconds),
        signs_of_a_proxy: examined.signs(),
        advice,
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
        Today::NoSuchAccount | Today::Emptied => None,
        Today::TurnedAway(why) => Some(refused(why.as_str().to_owned())),
        Today::Judged(Judgement::Refused(refusal)) => Some(refused(refusal.to_string())),
        Today::Judged(Judgement::Authentic(proof, meaning)) => Some(Judged {
            verdict: meaning.outcome_if_new().as_str().to_owned(),
            reason: meaning.reason(),
            key_id: Some(proof.key_id().to_string()),
        }),
    }
}
