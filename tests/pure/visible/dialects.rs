//! The dialects, each with the message whose fields are replaced.

/// A dialect: the fixture with its message, and the fields that may make a message invisible.
pub(super) struct Dialect {
    pub(super) provider: &'static str,
    pub(super) fixture: &'static str,
    pub(super) form: Form,
    /// The identity, the status word, and what says that the message is about a refund.
    pub(super) essential: &'static [&'static str],
}

/// How a message is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    /// An item of Adyen's.
    Item,
    /// The decrypted resource of WeChat Pay v3.
    Resource,
    /// The decrypted elements of WeChat Pay v2.
    Xml,
    Parameters,
    /// JSON in the form parameter `biz_content`.
    BizContent,
}

pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        provider: "adyen",
        fixture: "succeeded_full",
        form: Form::Item,
        essential: &["eventCode", "success", "pspReference", "merchantAccountCode"],
    },
    Dialect {
        provider: "eftpay",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &["notify_type", "trade_type", "refund_no", "trade_status"],
    },
    Dialect {
        provider: "paycools",
        fixture: "flat_succeeded_full",
        form: Form::Json,
        essential: &["eventName", "mchRefundOrderId", "refundStatus"],
    },
    Dialect {
        provider: "paycools",
        fixture: "envelope_succeeded_full",
        form: Form::Json,
        essential: &["eventName", "mchRefundOrderId", "refundStatus"],
    },
    Dialect {
        provider: "wechatpay",
        fixture: "v3_succeeded_full",
        form: Form::Resource,
        essential: &["out_refund_no", "refund_status"],
    },
    Dialect {
        provider: "nomad",
        fixture: "v3_succeeded_full",
        form: Form::Resource,
        essential: &["out_refund_no", "refund_status"],
    },
    Dialect {
        provider: "wechatpay",
        fixture: "v2_succeeded_full",
        form: Form::Xml,
        essential: &["out_refund_no", "refund_status"],
    },
    Dialect {
        provider: "nomad",
        fixture: "relay_succeeded_full",
        form: Form::Json,
        essential: &["code", "refundOrderRef", "status"],
    },
    Dialect {
        provider: "antom",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &["notifyType", "refundRequestId", "refundStatus"],
    },
    Dialect {
        provider: "paymongo",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &[
            "data",
            "data.attributes",
            "data.attributes.data",
            "data.attributes.data.id",
            "data.attributes.data.type",
            "data.attributes.data.attributes",
            "data.attributes.data.attributes.status",
        ],
    },
    Dialect {
        provider: "paymongo",
        fixture: "payment_one_refund",
        form: Form::Json,
        essential: &[
            "data",
            "data.attributes",
            "data.attributes.type",
            "data.attributes.data",
            "data.attributes.data.type",
            "data.attributes.data.attributes",
            "data.attributes.data.attributes.refunds",
        ],
    },
    Dialect {
        provider: "razorpay",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &[
            "event",
            "payload",
            "payload.refund",
            "payload.refund.entity",
            "payload.refund.entity.id",
            "payload.refund.entity.status",
        ],
    },
    Dialect {
        provider: "stripe",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &[
            "account",
            "data",
            "data.object",
            "data.object.id",
            "data.object.object",
            "data.object.status",
        ],
    },
    Dialect {
        provider: "checkout",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &["data", "data.action_id", "type"],
    },
    Dialect {
        provider: "airwallex",
        fixture: "succeeded_full",
        form: Form::Json,
        // The two spellings of the account must agree.
        essential: &[
            "account_id",
            "accountId",
            "data",
            "data.object",
            "data.object.id",
            "data.object.status",
        ],
    },
    Dialect {
        provider: "xendit",
        fixture: "succeeded_full",
        form: Form::Json,
        essential: &["event", "data", "data.id", "data.status"],
    },
    Dialect {
        provider: "alipay",
        fixture: "succeeded_full",
        form: Form::Parameters,
        essential: &["trade_no", "out_biz_no", "trade_status"],
    },
];
