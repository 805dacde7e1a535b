//! The words of QFPay's notifications
//! (<https://sdk.qfapi.com/integration/common-api/async-notifications>).

use crate::refund::RefundStatus;

/// The header with the signature.
pub(super) const SIGNATURE_HEADER: &str = "x-qf-sign";

/// The member with the merchant.
pub(super) const MCHID: &str = "mchid";

/// The values of `cancel` in a payment's message: reversed, canceled, refunded, refunded in part.
pub(super) const CANCELED: [&str; 4] = ["1", "2", "3", "5"];

/// The currencies of which no page says what "in cents" means.
pub(super) const UNIT_UNDOCUMENTED: [&str; 2] = ["JPY", "IDR"];

/// The members with personal data: the number of the card or of the wallet's user.
pub(super) const PERSONAL: [&str; 1] = ["cardcd"];

/// Returns the meaning of a `respcd` in a message about a refund. Only `0000` is documented there.
/// In the answer to an enquiry, `1143` and `1145` are in progress
/// (<https://sdk.qfapi.com/integration/common-api/transaction-enquiry>).
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "0000" => RefundStatus::Succeeded,
        "1143" | "1145" => RefundStatus::Pending,
        _ if word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()) => {
            RefundStatus::Failed
        }
        _ => RefundStatus::Unknown,
    }
}
