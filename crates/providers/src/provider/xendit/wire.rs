//! Xendit's header, status words, currencies and personal data.

use crate::kit::exponents::ExponentTable;
use crate::refund::RefundStatus;

/// The header with the token (<https://docs.xendit.co/docs/handling-webhooks>).
pub(super) const TOKEN_HEADER: &str = "x-callback-token";

/// Decimals where they are not ISO 4217's: Xendit's amounts in IDR are whole rupiah
/// (<https://docs.xendit.co/apidocs/refund-webhook-notification>).
pub(super) const EXPONENTS: ExponentTable =
    ExponentTable { listed: &[(0, &["IDR"])], others: None };

/// The currencies of refunds (<https://docs.xendit.co/apidocs/refund-webhook-notification>).
pub(super) const CURRENCIES: [&str; 13] =
    ["AUD", "EUR", "GBP", "HKD", "IDR", "JPY", "MXN", "MYR", "PHP", "SGD", "THB", "USD", "VND"];

/// The members that may hold personal data: the merchant's own.
pub(super) const PERSONAL: [&str; 1] = ["metadata"];

/// The name of the older product's event about refunds.
pub(super) const LEGACY_EWALLET: &str = "ewallet.refund";

/// Returns the meaning of a refund's `status`
/// (<https://docs.xendit.co/apidocs/refund-webhook-notification>). The name of the event has none.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "PENDING" => RefundStatus::Pending,
        "SUCCEEDED" => RefundStatus::Succeeded,
        "FAILED" => RefundStatus::Failed,
        "CANCELLED" => RefundStatus::Canceled,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the status that usually comes with an event.
pub(super) fn usual_status(event: &str) -> Option<RefundStatus> {
    match event {
        "refund.succeeded" => Some(RefundStatus::Succeeded),
        "refund.failed" => Some(RefundStatus::Failed),
        _ => None,
    }
}
