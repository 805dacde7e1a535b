//! Log lines and metrics of deliveries. The span of a delivery carries its delivery id.

use std::time::Duration;

use ::metrics::{counter, histogram};
use tracing::{info, warn};

use super::metrics::{
    DELIVERIES, FLAGGED_EVENTS, REJECTED, REQUEST_SECONDS, UNKNOWN_STATUS, UNREAD_FIELDS,
};
use super::sampling::Sampler;
use refund_providers::contract::Outcome;

/// A delivery and the answer to it.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The provider that its route names.
    pub provider: &'static str,
    /// The account that its route names.
    pub account: &'a str,
    /// Its outcome.
    pub outcome: Outcome,
    /// The reason, as one word of a closed set; empty if there is none.
    pub reason: &'static str,
    /// The field that the reason is about; empty if there is none.
    pub field: &'static str,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The size of the body.
    pub body_bytes: usize,
    /// The time from the complete body to the answer.
    pub took: Duration,
}

/// Records that a delivery was answered. Outcomes that need a person's attention are warnings.
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
        // A sender without a key can cause this as often as it wants.
        Outcome::Refused => {
            static LINES: Sampler = Sampler::new();
            if let Some(left_out) = LINES.admit(account) {
                line!(info, left_out);
            }
        }
        Outcome::Unreadable | Outcome::Undecryptable | Outcome::Unavailable => line!(warn),
    }
}

/// Records that a refund event has a status word that its provider's `wire.rs` does not know.
pub fn unknown_status(provider: &'static str, account: &str) {
    counter!(UNKNOWN_STATUS, "provider" => provider, "account" => account.to_owned()).increment(1);
    warn!(
        provider,
        account, "unknown status word: the refund is stored as unknown; see provider_status"
    );
}

/// Records that a provider sent a field that we could not read. `field` is the provider's name of
/// it, which comes from our code.
pub fn unread_field(provider: &'static str, account: &str, field: &str) {
    let (account, field) = (account.to_owned(), field.to_owned());
    counter!(UNREAD_FIELDS, "provider" => provider, "account" => account, "field" => field)
        .increment(1);
}

/// Records that a refund event has a flag.
pub fn flagged_event(provider: &'static str, account: &str, flag: &'static str) {
    let account = account.to_owned();
    counter!(FLAGGED_EVENTS, "provider" => provider, "account" => account, "flag" => flag)
        .increment(1);
}

/// Records that a delivery names a certificate that its account does not have. The id comes from the
/// request, in the one form that may be shown.
pub fn unknown_certificate(provider: &'static str, account: &str, certificate_id: &str) {
    // A sender without a key can cause this as often as it wants.
    static LINES: Sampler = Sampler::new();
    if let Some(left_out) = LINES.admit(account) {
        warn!(
            provider,
            account, certificate_id, left_out, "a delivery names a certificate that is not pinned"
        );
    }
}

/// Records that a single-use token came again with another body.
pub fn transmission_reused(provider: &'static str, account: &str) {
    static LINES: Sampler = Sampler::new();
    if let Some(left_out) = LINES.admit(account) {
        warn!(
            provider,
            account, left_out, "a signed transmission came again with another body and was refused"
        );
    }
}

/// Records that a request was rejected before it became a delivery. `account` is empty if the
/// request reached no account.
pub fn request_rejected(reason: &'static str, account: &str) {
    counter!(REJECTED, "reason" => reason).increment(1);
    static LINES: Sampler = Sampler::new();
    if account.is_empty() {
        tracing::debug!(reason, "request rejected");
    } else if let Some(left_out) = LINES.admit(account) {
        info!(reason, account, left_out, "request rejected");
    }
}
