//! The words of eftPay's refund notification.
//!
//! `api-reference/scene/{app,web,wap,jsapi}/RefundNotify.html` under
//! <https://vmp.eftpay.com.cn/vmp-docs/en>.

use time::UtcOffset;
use time::macros::offset;

use crate::refund::RefundStatus;

/// The offset of eftPay's times: Hong Kong.
pub(super) const OFFSET: UtcOffset = offset!(+8);

/// The member with the signature.
pub(super) const SIGN: &str = "sign";

/// The `notify_type` of a trade notification.
pub(super) const TRADE_STATUS_SYNC: &str = "trade_status_sync";

/// The `trade_type` of a refund.
pub(super) const REFUND: &str = "REFUND";

/// The members that are read. Their values must not contain the separators of the signed text.
pub(super) const CONSUMED: [&str; 19] = [
    "notify_type",
    "trade_type",
    "user_confirm_key",
    "transaction_id",
    "trade_no",
    "out_trade_no",
    "eftpay_trade_no",
    "eft_trade_no",
    "total_fee",
    "return_amount",
    "currency",
    "fee_type",
    "refund_no",
    "refund_trade_no",
    "trade_status",
    "gmt_payment",
    "wallet",
    "payment_type",
    "rejectReason",
];

/// Returns the meaning of a `trade_status` in a message about a refund.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        // The order is closed because it was refunded in full. This is not a failure.
        "TRADE_CLOSED" => RefundStatus::Succeeded,
        "TRADE_REFUND" => RefundStatus::Succeeded,
        "TRADE_FAIL" => RefundStatus::Failed,
        "APPLY_SUCCESS" | "TRADE_PROCESSING" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}
