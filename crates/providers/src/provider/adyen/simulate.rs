//! Plays Adyen: notifications with one item or several, as JSON or as a form.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::scenarios::{FOREIGN, FORM, OWN, SEVERAL, WORDS};
use super::{Adyen, item, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::crypto::credential::present;
use crate::crypto::hash::hmac_sha256;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, rfc3339, set};
use crate::kit::subject::SimulatedAmounts;
use crate::wire::json::Members;
use crate::wire::percent;

impl Simulate for Adyen {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let own = OWN.iter().find(|(own, _)| order.is(Scenario::Own(own.word)));
        let words = own.map_or_else(|| order.words(&WORDS), |(_, words)| Ok(*words))?;
        if self.has_refund_references {
            order.without_order_number()?;
        }
        let currency =
            order.currency("HKD", |code| self.exponents.named(&wire::EXPONENTS, code))?;
        let amounts = order.amounts(currency, "88.50")?;
        let first = self.item(order, &amounts, words, order.refund_number("PSP"));
        let is = |word| order.is(Scenario::Own(word));
        let mut items = vec![first];
        if is(SEVERAL) {
            items.push(self.item(order, &amounts, ("AUTHORISATION", "true"), order.id("PAYMENT")));
            items.push(self.item(order, &amounts, ("REFUND", "false"), order.id("SECOND")));
        }
        if is(FOREIGN) {
            let number = order.id("FOREIGN");
            let mut foreign = self.item(order, &amounts, ("REFUND", "true"), number);
            set(&mut foreign, "merchantAccountCode", "AnotherMerchant");
            items.push(foreign);
        }
        for item in &mut items {
            self.sign(order, item)?;
        }
        let live = if self.live { "true" } else { "false" };
        let made = if is(FORM) {
            let body = items.first().map(|item| form(item, live)).unwrap_or_default();
            Simulated::new("application/x-www-form-urlencoded", body)
        } else {
            let items: Vec<Value> =
                items.into_iter().map(|it| json!({ "NotificationRequestItem": it })).collect();
            let body = json!({ "live": live, "notificationItems": items }).to_string();
            let (from, to) = amounts.altered("value");
            Simulated::json(order.tampered(body, &from, &to))
        };
        let authorization = self.authorizations.first();
        Ok(made.with_headers(authorization.map(|value| ("authorization", present(value)))))
    }
}

impl Adyen {
    /// Returns an item that is not signed yet.
    fn item(
        &self,
        order: &SimulationOrder<'_>,
        amounts: &SimulatedAmounts,
        (code, success): (&str, &str),
        number: String,
    ) -> Value {
        json!({
            "eventCode": code, "success": success,
            "eventDate": rfc3339(order.signed_at(STALE_WITHOUT_WINDOW)),
            "merchantAccountCode": self.merchant_accounts.first().unwrap_or("SimulatedMerchant"),
            "pspReference": order.value(number, String::new()),
            "originalReference": order.payment_number("PAYMENT"),
            "merchantReference": order.order_number("order:"),
            "amount": { "value": amounts.refund.minor(), "currency": amounts.code() },
            "paymentMethod": "visa", "reason": "",
            "additionalData": { "modification.action": "refund", "cardSummary": "1111" },
        })
    }

    fn sign(&self, order: &SimulationOrder<'_>, item: &mut Value) -> Result<(), SimulationError> {
        let secret = order.secret(&self.hmac_keys)?;
        let unsigned = item.to_string();
        let text = Members::from_text(&unsigned).ok().and_then(|it| item::signed_text(&it).ok());
        let digest = hmac_sha256(&secret, &[text.unwrap_or_default().as_bytes()]);
        if let Some(additional) = item.get_mut("additionalData") {
            set(additional, "hmacSignature", BASE64.encode(&digest.unwrap_or_default()));
        }
        Ok(())
    }
}

/// Writes an item as a form.
fn form(item: &Value, live: &str) -> String {
    let mut form = format!("live={live}");
    let mut push = |prefix: &str, name: &str, value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = percent::encode(text.as_bytes());
        form.push_str(&format!("&{prefix}{}={value}", percent::encode(name.as_bytes())));
    };
    for (name, value) in item.as_object().into_iter().flatten() {
        let prefix = if name == "amount" { "" } else { "additionalData." };
        match value.as_object() {
            None => push("", name, value),
            Some(inner) => inner.iter().for_each(|(name, value)| push(prefix, name, value)),
        }
    }
    form
}
