//! The words of WeChat Pay's refund notifications.
//!
//! v3: <https://pay.weixin.qq.com/doc/v3/merchant/4013070388>, partner
//! <https://pay.wechatpay.cn/doc/v3/partner/4012085298>, ecommerce
//! <https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter7_6_3.shtml>, global
//! <https://pay.weixin.qq.com/doc/global/v3/en/4012356543>.
//! v2: <https://wechatpay.im/webhook/v2/refund-processed>.

use crate::refund::RefundStatus;

/// What the `event_type` of every refund begins with.
pub(super) const REFUND_EVENTS: &str = "REFUND.";

/// The only algorithm of a resource.
pub(super) const AES_256_GCM: &str = "AEAD_AES_256_GCM";

/// The currency where none is named: mainland notifications name none.
pub(super) const MAINLAND: &str = "CNY";

/// Personal data in a v3 refund, and in a v2 one (so spelt).
pub(super) const PERSONAL: [&str; 3] =
    ["user_received_account", "recv_account", "refund_recv_accout"];

/// What a v3 `refund_status` means. Nomad's `status` is the same.
pub(in crate::provider) fn status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "CLOSED" | "CLOSE" => RefundStatus::Canceled,
        // The bank could not take it; the merchant acts on the platform, and it may yet succeed.
        "ABNORMAL" => RefundStatus::RequiresAction,
        "PROCESSING" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}

/// What a v2 `refund_status` means.
pub(super) fn v2_status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "REFUNDCLOSE" => RefundStatus::Canceled,
        "CHANGE" => RefundStatus::RequiresAction,
        _ => RefundStatus::Unknown,
    }
}

/// The status that usually comes with an `event_type`; `None` for one we do not know.
pub(super) fn usual_status(event_type: &str) -> Option<RefundStatus> {
    match event_type {
        "REFUND.SUCCESS" => Some(RefundStatus::Succeeded),
        "REFUND.ABNORMAL" => Some(RefundStatus::RequiresAction),
        "REFUND.CLOSED" => Some(RefundStatus::Canceled),
        _ => None,
    }
}
