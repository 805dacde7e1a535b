//! Plays UnionPay: notifications of version 5.1.0 about one refund.

use super::{UnionPay, Version, wire};
use crate::contract::Simulate;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::crypto::hash::sha256_hex;
use crate::kit::simulation::{STALE_WITHOUT_WINDOW, Words};
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
        let at = times::write_digits(order.signed_at(STALE_WITHOUT_WINDOW), wire::OFFSET);
        let mut parameters = vec![
            ("accessType", "0".to_owned()),
            ("bizType", "000201".to_owned()),
            ("currencyCode", "156".to_owned()),
            ("encoding", "UTF-8".to_owned()),
            ("merId", self.mer_id.clone()),
            ("orderId", order.value(order.id("Refund"), String::new())),
            ("origQryId", order.id("2025")),
            ("queryId", order.id("2026")),
            ("respCode", word.to_owned()),
            ("respMsg", "成功[0000000]".to_owned()),
            ("signMethod", wire::RSA.to_owned()),
            (wire::CERTIFICATE, certificate.to_pem()),
            ("txnAmt", "8850".to_owned()),
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
        let body = order.tampered(body, "txnAmt=8850", "txnAmt=885000");
        Ok(Simulated::new("application/x-www-form-urlencoded;charset=UTF-8", body))
    }
}
