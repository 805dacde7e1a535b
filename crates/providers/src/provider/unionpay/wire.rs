//! The words of UnionPay's notifications
//! (<https://open.unionpay.com/tjweb/acproduct/APIList?acpAPIId=757&apiservId=448&version=V2.2>).

use time::UtcOffset;
use time::macros::offset;

use crate::kit::separators::Unescaped;
use crate::refund::RefundStatus;

/// The offset of UnionPay's times: Shanghai.
pub(super) const OFFSET: UtcOffset = offset!(+8);

/// The parameter with the signature.
pub(super) const SIGNATURE: &str = "signature";

/// The parameter with the certificate, in PEM with its line ends.
pub(super) const CERTIFICATE: &str = "signPubKeyCert";

/// The `signMethod` of RSA. 11 is a shared key, 12 is SM3.
pub(super) const RSA: &str = "01";

/// The `txnType` of a refund, of a void, and of a void of a completed pre-authorization.
pub(super) const REFUNDS: [&str; 3] = ["04", "31", "33"];

/// The owner in the certificate, the third part of its common name
/// (`041@8310000000083040@…@00016495`).
pub(super) const OWNER: &str = "中国银联股份有限公司";

/// The common name of a certificate for tests.
pub(super) const TEST_NAME: &str = "00040000:SIGN";

/// The common name of the certificate of a demonstration.
pub(super) const DEMONSTRATION_NAME: &str = "041@8310000000083040@中国银联股份有限公司@00000000";

/// The parameters with personal data.
pub(super) const PERSONAL: [&str; 2] = ["accNo", "customerInfo"];

/// What is read from the signed text, in which nothing is escaped. `reqReserved` is the merchant's
/// own text and may contain separators.
pub(super) const UNESCAPED: Unescaped = Unescaped {
    read: &[
        "accNo",
        "certId",
        "currencyCode",
        "encoding",
        "merId",
        "orderId",
        "origOrderId",
        "origQryId",
        "queryId",
        "reqReserved",
        "respCode",
        "respMsg",
        "settleAmt",
        "settleCurrencyCode",
        "signMethod",
        "signPubKeyCert",
        "txnAmt",
        "txnTime",
        "txnType",
        "version",
    ],
    masked: &PERSONAL,
    free: "reqReserved",
};

/// The `respCode` of a refund that was done with a defect.
pub(super) const WITH_A_DEFECT: &str = "A6";

/// Returns the meaning of a `respCode`. The later demos say of `01`, `12`, `34` and `60` that the
/// outcome is unclear and must be queried.
pub(super) fn status(word: &str) -> RefundStatus {
    match word {
        "00" | WITH_A_DEFECT => RefundStatus::Succeeded,
        "01" | "03" | "04" | "05" | "12" | "34" | "60" => RefundStatus::Pending,
        _ if word.chars().count() == 2 => RefundStatus::Failed,
        _ => RefundStatus::Unknown,
    }
}
