//! The words of Alipay's notifications (<https://opendocs.alipay.com/open/203/105286>).

use time::UtcOffset;
use time::macros::offset;

use crate::kit::separators::Unescaped;
use crate::refund::{Currency, Field, RefundKey, RefundStatus};

/// The offset of Alipay's times: Shanghai.
pub(super) const OFFSET: UtcOffset = offset!(+8);

/// The currency of all amounts.
const CURRENCY: &str = "CNY";

/// The parameter with the signature.
pub(super) const SIGN: &str = "sign";

/// The parameter with the name of the algorithm.
pub(super) const SIGN_TYPE: &str = "sign_type";

/// The message of the app gateway that says what the bank did.
pub(super) const DEPOSIT_BACK: &str = "alipay.trade.refund.depositback.completed";

/// The parameters that are read.
const CONSUMED: [&str; 16] = [
    "app_id",
    "seller_id",
    "charset",
    "trade_no",
    "out_trade_no",
    "out_biz_no",
    "refund_fee",
    "total_amount",
    "gmt_refund",
    "trade_status",
    "send_back_fee",
    "msg_method",
    "biz_content",
    "encrypt_type",
    "utc_timestamp",
    "notify_type",
];

/// The parameter with JSON, in which separators are legal.
pub(super) const BIZ_CONTENT: &str = "biz_content";

/// What is read from the signed text, in which nothing is escaped.
pub(super) const UNESCAPED: Unescaped =
    Unescaped { read: &CONSUMED, masked: &PERSONAL, free: BIZ_CONTENT };

/// The parameters with personal data.
pub(super) const PERSONAL: [&str; 4] =
    ["buyer_id", "buyer_logon_id", "buyer_open_id", "buyer_user_id"];

/// Returns the meaning of a `trade_status` in a notification that contains a refund: the trade was
/// refunded in part, in full, or is closed for further refunds.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "TRADE_SUCCESS" | "TRADE_CLOSED" | "TRADE_FINISHED" => RefundStatus::Succeeded,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the identity of a refund. A merchant's refund request number is unique within the trade.
pub(super) fn key(trade_no: &str, number: &str) -> RefundKey {
    RefundKey::new(format!("{trade_no}/{number}"))
}

/// Returns the currency of all amounts.
pub(super) fn currency() -> Field<Currency> {
    Currency::iso(CURRENCY).into()
}
