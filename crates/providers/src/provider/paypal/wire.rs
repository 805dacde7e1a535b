//! The words of PayPal's webhooks (<https://developer.paypal.com/api/rest/webhooks/event-names/>).

use crate::refund::RefundStatus;

/// The only algorithm of `paypal-auth-algo`.
pub(super) const SHA256_WITH_RSA: &str = "SHA256withRSA";

/// The id with which the simulator signs
/// (<https://developer.paypal.com/api/rest/webhooks/simulator/>). Anybody can use the simulator.
pub(super) const SIMULATORS_WEBHOOK_ID: &str = "WEBHOOK_ID";

/// What precedes the id of a capture in a link.
pub(super) const CAPTURES: &str = "/v2/payments/captures/";

/// The members with personal data.
pub(super) const PERSONAL: [&str; 3] = ["payer", "note_to_payer", "description"];

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A refund, with the status that usually comes with the event's name.
    Refund(Option<RefundStatus>),
    /// Money that PayPal took back.
    Reversal,
    /// A refund by its name, in a form that is not documented.
    Undocumented,
    /// Something else.
    Other,
}

/// Returns what an event is about by its `event_type` and its `resource_type`, if it has one. Under
/// another type, the id of the resource is not that of a refund.
pub(super) fn subject(event_type: &str, resource_type: Option<&str>) -> Subject {
    let usual = match event_type {
        "PAYMENT.REFUND.PENDING" => Some(RefundStatus::Pending),
        "PAYMENT.REFUND.FAILED" => Some(RefundStatus::Failed),
        _ => None,
    };
    let is_old_name = event_type.starts_with("PAYMENT.SALE.");
    let is_refund = match resource_type {
        None => event_type.starts_with("PAYMENT."),
        Some("refund") => true,
        Some("sale") => is_old_name,
        Some(_) => false,
    };
    match event_type {
        "PAYMENT.CAPTURE.REVERSED" | "PAYMENT.SALE.REVERSED" => Subject::Reversal,
        _ if !event_type.contains("REFUND") => Subject::Other,
        _ if is_refund => Subject::Refund(usual),
        _ => Subject::Undocumented,
    }
}

/// The form of a refund: which members it has. Amounts without a form of their own are
/// `{"value":…}` with the currency's name of the form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) status: &'static str,
    pub(super) currency: &'static str,
    pub(super) amount: &'static str,
    pub(super) invoice: &'static str,
    pub(super) custom: &'static str,
    status_of: fn(&str) -> RefundStatus,
}

/// A refund of version 2.0 (<https://developer.paypal.com/docs/api/payments/v2/>).
pub(super) const CURRENT: Form = Form {
    status: "status",
    currency: "currency_code",
    amount: "value",
    invoice: "invoice_id",
    custom: "custom_id",
    status_of: |word| match word {
        "COMPLETED" => RefundStatus::Succeeded,
        "PENDING" => RefundStatus::Pending,
        "FAILED" => RefundStatus::Failed,
        "CANCELLED" => RefundStatus::Canceled,
        _ => RefundStatus::Unknown,
    },
};

/// A refund of version 1 (<https://developer.paypal.com/docs/api/payments/v1/>). Its amount is
/// negative.
pub(super) const OLD: Form = Form {
    status: "state",
    currency: "currency",
    amount: "total",
    invoice: "invoice_number",
    custom: "custom",
    status_of: |word| match word {
        "completed" => RefundStatus::Succeeded,
        "pending" => RefundStatus::Pending,
        "failed" => RefundStatus::Failed,
        "cancelled" => RefundStatus::Canceled,
        _ => RefundStatus::Unknown,
    },
};

impl Form {
    /// Returns the meaning of a status word.
    pub(super) fn status(&self, word: &str) -> RefundStatus {
        (self.status_of)(word)
    }
}
