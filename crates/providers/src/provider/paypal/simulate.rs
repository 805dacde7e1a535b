//! Plays PayPal: events about one refund of version 2.0.

use data_encoding::HEXLOWER;
use serde_json::json;
use time::Duration;

use super::authenticate::signed_text;
use super::forgery::with_crc32;
use super::settings::{Environment, MerchantOrderFrom};
use super::{PayPal, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{
    OwnScenario, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::checksum::crc32;
use crate::crypto::hash::sha256;
use crate::crypto::rsa::SigningError;
use crate::kit::simulation::{Words, rfc3339};
use crate::refund::{Currency, Money};

/// The scenario that only PayPal has: its signature binds a checksum of the body.
pub(super) const CRC_FORGED: OwnScenario = OwnScenario {
    word: "crc-forged",
    about: "another body under the headers of a success, with the same checksum: it verifies",
};

/// `event_type`, `resource_type` and `resource.status`.
const WORDS: Words<(&str, &str, &str)> = Words {
    succeeded: ("PAYMENT.CAPTURE.REFUNDED", "refund", "COMPLETED"),
    failed: Ok(("PAYMENT.REFUND.FAILED", "refund", "FAILED")),
    pending: Ok(("PAYMENT.REFUND.PENDING", "refund", "PENDING")),
    canceled: Ok(("PAYMENT.CAPTURE.REFUNDED", "refund", "CANCELLED")),
    requires_action: Err("PayPal never asks the merchant to act"),
    not_a_refund: Ok(("PAYMENT.CAPTURE.COMPLETED", "capture", "COMPLETED")),
    unknown_status: ("PAYMENT.CAPTURE.REFUNDED", "refund", "LIMBO"),
};

impl Simulate for PayPal {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let is_forged = order.is(Scenario::Own(CRC_FORGED.word));
        let words = if is_forged { WORDS.succeeded } else { order.words(&WORDS)? };
        let amounts = order.amounts(order.currency("HKD", Currency::iso)?, "88.50")?;
        let payment = order.payment_number("CAPTURE");
        if !payment.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let what = "payment number with other characters than letters and digits";
            return Err(SimulationError::NotCarried { what });
        }
        let body = self.event(order, words, &amounts.refund);
        let id = transmission_id(&body);
        let past_the_window = Duration::seconds(self.window.past_seconds.into()) + Duration::HOUR;
        let time = rfc3339(order.signed_at(past_the_window).truncate_to_second());
        let webhook_id = self.webhook_ids.first().ok_or(SigningError::Library)?;
        let crc = crc32(body.as_bytes());
        let text = signed_text(&id, &time, webhook_id, crc);
        let signature = order.rsa_signature(text.as_bytes())?;
        let certificate = self.certificates.first().ok_or(SigningError::Library)?.id();
        let host = match self.environment {
            Environment::Live => "api.paypal.com",
            Environment::Sandbox => "api.sandbox.paypal.com",
        };
        let sent = if is_forged {
            let other = self.event(order, WORDS.succeeded, &amounts.altered);
            with_crc32(&other, crc).ok_or(SigningError::Library)?
        } else {
            let (from, to) = amounts.altered_major_text("value");
            order.tampered(body, &from, &to)
        };
        Ok(Simulated::json(sent).with_headers([
            ("paypal-transmission-id", id),
            ("paypal-transmission-time", time),
            ("paypal-transmission-sig", signature),
            ("paypal-cert-url", format!("https://{host}/v1/notifications/certs/{certificate}")),
            ("paypal-auth-algo", wire::SHA256_WITH_RSA.to_owned()),
        ]))
    }
}

impl PayPal {
    fn event(
        &self,
        order: &SimulationOrder<'_>,
        (event_type, resource_type, status): (&str, &str, &str),
        amount: &Money,
    ) -> String {
        let now = rfc3339(order.now.truncate_to_second());
        let made = rfc3339(order.made_at(order.now).truncate_to_second());
        let host = "https://api.paypal.com/v2/payments";
        let id = order.refund_number("REFUND");
        let order_member = match self.merchant_order_from {
            MerchantOrderFrom::InvoiceId => "invoice_id",
            MerchantOrderFrom::CustomId => "custom_id",
        };
        json!({
            "id": order.id("WH-"), "event_version": "1.0", "create_time": now,
            "resource_type": resource_type, "resource_version": "2.0", "event_type": event_type,
            "summary": "A refund of a capture",
            "resource": {
                "id": order.value(id.clone(), String::new()),
                "amount": { "currency_code": amount.currency().code(), "value": amount.to_string() },
                order_member: order.order_number("order-"),
                "status": status, "create_time": made, "update_time": now,
                "links": [
                    { "href": format!("{host}/refunds/{id}"), "rel": "self", "method": "GET" },
                    { "href": format!("{host}/captures/{}", order.payment_number("CAPTURE")), "rel": "up", "method": "GET" },
                ],
            },
        })
        .to_string()
    }
}

/// Returns an id of the form of PayPal's, which is another one for each body.
fn transmission_id(body: &str) -> String {
    let digits = HEXLOWER.encode(&sha256(body.as_bytes()));
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
