//! The words of WeChat Pay's refund notifications.
//!
//! v3: <https://pay.weixin.qq.com/doc/v3/merchant/4013070388>, partner
//! <https://pay.wechatpay.cn/doc/v3/partner/4012085298>, ecommerce
//! <https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter7_6_3.shtml>, global
//! <https://pay.weixin.qq.com/doc/global/v3/en/4012356543>.
//! v2: <https://wechatpay.im/webhook/v2/refund-processed>.

use crate::refund::RefundStatus;

/// The member of an envelope that says what it is about.
pub(super) const EVENT_TYPE: &str = "event_type";

/// The beginning of every `event_type` about a refund.
pub(super) const REFUND_EVENTS: &str = "REFUND.";

/// The only supported algorithm of a resource.
pub(super) const AES_256_GCM: &str = "AEAD_AES_256_GCM";

/// The currency of mainland notifications, which name none.
pub(super) const MAINLAND: &str = "CNY";

/// The members with personal data. WeChat Pay spells the v2 name in this way.
pub(super) const PERSONAL: [&str; 3] =
    ["user_received_account", "recv_account", "refund_recv_accout"];

/// Returns the meaning of a v3 `refund_status`. Nomad's `status` has the same words.
pub(in crate::provider) fn status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "CLOSED" | "CLOSE" => RefundStatus::Canceled,
        // The bank did not accept the money. The merchant acts on the platform, and the refund may
        // still succeed.
        "ABNORMAL" => RefundStatus::RequiresAction,
        "PROCESSING" => RefundStatus::Pending,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the meaning of a v2 `refund_status`.
pub(super) fn v2_status(word: &str) -> RefundStatus {
    match word {
        "SUCCESS" => RefundStatus::Succeeded,
        "REFUNDCLOSE" => RefundStatus::Canceled,
        "CHANGE" => RefundStatus::RequiresAction,
        _ => RefundStatus::Unknown,
    }
}

/// Returns the status that usually comes with an `event_type`, or `None` for an unknown one.
pub(super) fn usual_status(event_type: &str) -> Option<RefundStatus> {
    match event_type {
        "REFUND.SUCCESS" => Some(RefundStatus::Succeeded),
        "REFUND.ABNORMAL" => Some(RefundStatus::RequiresAction),
        "REFUND.CLOSED" => Some(RefundStatus::Canceled),
        _ => None,
    }
}
