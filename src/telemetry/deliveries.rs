//! What can be observed of a delivery. Its number is on the span that it runs in.

use std::time::Duration;

use ::metrics::{counter, histogram};
use tracing::{info, warn};

use super::metrics::{DELIVERIES, REJECTED, REQUEST_SECONDS, UNKNOWN_STATUS};
use super::sampling::Sampler;
use refund_providers::contract::Outcome;

/// A delivery that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The provider of its route.
    pub provider: &'static str,
    /// The account of its route.
    pub account: &'a str,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, as one word of a closed set; empty where there is nothing to say.
    pub reason: &'static str,
    /// Which field, where the reason is about one.
    pub field: &'static str,
    /// The HTTP status of the answer.
    pub status: u16,
    /// Size of the body.
    pub body_bytes: usize,
    /// From the whole body to the answer.
    pub took: Duration,
}

/// A delivery was answered. Everything that needs a person is a warning.
pub fn delivery_answered(answered: &Answered<'_>) {
    let Answered { provider, account, outcome, reason, field, .. } = *answered;
    let Answered { status, body_bytes, took, .. } = *answered;
    counter!(
        DELIVERIES,
        "provider" => provider,
        "account" => account.to_owned(),
        "verdict" => outcome.as_str(),
        "reason" => reason,
    )
    .increment(1);
    histogram!(REQUEST_SECONDS, "provider" => provider).record(took.as_secs_f64());
    let verdict = outcome.as_str();
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    macro_rules! line {
        ($level:ident $(, $more:ident)?) => {
            $level!(
                provider,
                account,
                verdict,
                reason,
                field,
                status,
                body_bytes,
                took_us,
                $($more,)?
                "delivery {verdict}"
            )
        };
    }
    match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored => line!(info),
        // Who has no key can cause this as often as they like.
        Outcome::Refused => {
            static LINES: Sampler = Sampler::new();
            if let Some(left_out) = LINES.admit(account) {
                line!(info, left_out);
            }
        }
        Outcome::Unreadable | Outcome::Undecryptable | Outcome::Unavailable => line!(warn),
    }
}

/// A refund was told in a status word that nobody has taught us.
pub fn unknown_status(provider: &'static str, account: &str) {
    counter!(UNKNOWN_STATUS, "provider" => provider, "account" => account.to_owned()).increment(1);
    warn!(
        provider,
        account, "unknown status word: the refund is stored as unknown; see provider_status"
    );
}

/// A request was turned away before it was a delivery. `account` is empty where there is none.
pub fn request_rejected(reason: &'static str, account: &str) {
    counter!(REJECTED, "reason" => reason).increment(1);
    static LINES: Sampler = Sampler::new();
    if account.is_empty() {
        tracing::debug!(reason, "request rejected");
    } else if let Some(left_out) = LINES.admit(account) {
        info!(reason, account, left_out, "request rejected");
    }
}
