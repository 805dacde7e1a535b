//! The words of Alipay's notifications (<https://opendocs.alipay.com/open/203/105286>).

use time::UtcOffset;
use time::macros::offset;

use crate::refund::RefundStatus;

/// Alipay's times are Shanghai's.
pub(super) const OFFSET: UtcOffset = offset!(+8);

/// Its one currency.
pub(super) const CURRENCY: &str = "CNY";

/// The signature's name among the parameters.
pub(super) const SIGN: &str = "sign";

/// The name of the algorithm's name.
pub(super) const SIGN_TYPE: &str = "sign_type";

/// The message of the app gateway that tells what the bank did.
pub(super) const DEPOSIT_BACK: &str = "alipay.trade.refund.depositback.completed";

/// The parameters that are read. Values must not hold the separators of the signed text.
pub(super) const CONSUMED: [&str; 16] = [
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

/// The one of them that holds JSON, in which separators are legal.
pub(super) const BIZ_CONTENT: &str = "biz_content";

/// Personal data.
pub(super) const PERSONAL: [&str; 4] =
    ["buyer_id", "buyer_logon_id", "buyer_open_id", "buyer_user_id"];

/// What a `trade_status` means in a notification that carries a refund: part of the trade was
/// refunded, all of it, or the trade is past refunding.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "TRADE_SUCCESS" | "TRADE_CLOSED" | "TRADE_FINISHED" => RefundStatus::Succeeded,
        _ => RefundStatus::Unknown,
    }
}
