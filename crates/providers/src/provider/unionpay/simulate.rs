//! Plays UnionPay: notifications of version 5.1.0 about one refund.

use super::{UnionPay, Version, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::crypto::hash::sha256_hex;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words};
use crate::refund::{Currency, Money};
use crate::wire::form::Pairs;
use crate::wire::{percent, times};

/// `txnType` and `respCode`.
const WORDS: Words<(&str, &str)> = Words {
    succeeded: ("04", "00"),
    failed: Ok(("04", "36")),
    pending: Ok(("04", "05")),
    canceled: Err("UnionPay documents no canceled refund"),
    requires_action: Err("UnionPay never asks the merchant to act"),
    not_a_refund: Ok(("01", "00")),
    unknown_status: ("04", "LIMBO"),
};

impl Simulate for UnionPay {
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        let (kind, word) = order.words(&WORDS)?;
        if !self.versions.contains(&Version::Current) {
            let why = "the simulation does not sign with SHA-1, as version 5.0.0 does";
            return Err(SimulationError::NoSuchScenario { scenario: order.scenario, why });
        }
        let key = order.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
        let certificate = self.trust.pinned().find(|pinned| key.is_of(pinned.key()));
        let certificate = certificate.ok_or(SimulationError::NeedsCertificate)?;
        let currency = order.currency("CNY", |code| self.exponents.of(Currency::iso(code)?))?;
        let numeric = currency.numeric_code().unwrap_or_default();
        let amounts = order.amounts(currency, "88.50")?;
        let at =
            times::write_digits(order.made_at(order.signed_at(STALE_WITHOUT_WINDOW)), wire::OFFSET);
        let mut parameters = vec![
            ("accessType", "0".to_owned()),
            ("bizType", "000201".to_owned()),
            ("currencyCode", numeric),
            ("encoding", "UTF-8".to_owned()),
            ("merId", self.mer_id.clone()),
            ("orderId", order.value(order.refund_number("Refund"), String::new())),
            ("origOrderId", order.order_number("Order")),
            ("origQryId", order.payment_number("2025")),
            ("queryId", order.other_refund_number("2026")),
            ("respCode", word.to_owned()),
            ("respMsg", "成功[0000000]".to_owned()),
            ("signMethod", wire::RSA.to_owned()),
            (wire::CERTIFICATE, certificate.to_pem()),
            ("txnAmt", amounts.refund.minor().to_string()),
            ("txnTime", at),
            ("txnType", kind.to_owned()),
            ("version", "5.1.0".to_owned()),
        ];
        let unsigned = percent::encode_form(&parameters);
        let text = Pairs::from_bytes(unsigned.as_bytes())
            .map(|pairs| pairs.signed_text(&[wire::SIGNATURE], true))
            .unwrap_or_default();
        parameters.push((wire::SIGNATURE, order.rsa_signature(sha256_hex(&text).as_bytes())?));
        let body = percent::encode_form(&parameters);
        let minor = |money: &Money| format!("txnAmt={}", money.minor());
        let (from, to) = (minor(&amounts.refund), minor(&amounts.altered));
        let body = order.tampered(body, &from, &to);
        Ok(Simulated::new("application/x-www-form-urlencoded;charset=UTF-8", body))
    }
}
