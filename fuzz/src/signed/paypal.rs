//! PayPal.

use std::sync::LazyLock;

use refund_providers::contract::{Judgement, Meaning};
use refund_providers::crypto::checksum::crc32;
use refund_providers::refund::Authenticity;
use serde_json::json;

use super::Signed;
use crate::{Account, content, judge_and_check, keys};

const WEBHOOK: &str = "4JH86294D6297924G";
const ID: &str = "51730200-5106-11ef-9a30-157053fd3e43";
const TIME: &str = "2026-01-01T00:00:00Z";

pub(super) const SIGNED: Signed = Signed {
    provider: "paypal",
    choices: &[signed],
    seeds: |fixture| vec![(0, fixture.body.clone())],
};

static ACCOUNT: LazyLock<Account> = LazyLock::new(|| {
    let settings = json!({
        "provider": "paypal", "environment": "live", "webhook_ids": [WEBHOOK],
        "reversals": "refund",
    });
    keys::account_of_signer_at("certificates", settings)
});

fn signed(body: &[u8]) {
    let message = format!("{ID}|{TIME}|{WEBHOOK}|{}", crc32(body));
    let headers = [
        ("paypal-transmission-id", ID),
        ("paypal-transmission-time", TIME),
        ("paypal-transmission-sig", &keys::SIGNER.sign(message.as_bytes())),
        ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/fuzz"),
        ("paypal-auth-algo", "SHA256withRSA"),
    ];
    let judgement = judge_and_check(&ACCOUNT, &headers, body);
    content::assert_signature_holds(&judgement, body);
    if let Judgement::Authentic(proof, Meaning::Refunds(events)) = &judgement {
        assert_eq!(proof.single_use_token(), Some(ID));
        assert!(events.iter().all(|event| event.authenticity == Authenticity::Checksum));
    }
}
