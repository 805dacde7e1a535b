//! Playing a relay of the broker's refund object.

use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::wire::{SIGNATURE, TIMESTAMP, VERSION};
use super::{DEFINITION, Relay};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::Secret;
use crate::crypto::hash::hmac_sha256;
use crate::crypto::rsa::SigningError;

pub(super) fn simulate(
    relay: &Relay,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let scenario = order.scenario;
    let absent = |why| Err(SimulationError::NoSuchScenario { scenario, why });
    let status = match scenario {
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::Malformed => "SUCCESS",
        Scenario::Canceled => "CLOSE",
        Scenario::RequiresAction => "ABNORMAL",
        Scenario::Pending => "PROCESSING",
        Scenario::UnknownStatus => "LIMBO",
        Scenario::Failed => return absent("the broker's words are WeChat Pay's, which has none"),
        Scenario::NotARefund => return absent("a relay forwards refunds only"),
    };
    let serial = order.serial;
    let amount = if scenario == Scenario::Malformed { json!("88.5") } else { json!(8850) };
    let body = json!({
        "code": 200,
        "message": "OK",
        "refundId": format!("50300{serial}"),
        "orderRef": format!("order-{serial}"),
        "refundOrderRef": format!("refund-{serial}"),
        "transactionId": format!("42000{serial}"),
        "channel": "ORIGINAL",
        "status": status,
        "refundAmount": amount,
        "totalAmount": 18_800,
        "currency": "CNY",
        "createTime": order.now.format(&Rfc3339).unwrap_or_default(),
        "successTime": order.now.format(&Rfc3339).unwrap_or_default(),
    })
    .to_string();
    let age = if scenario == Scenario::Stale { Duration::hours(1) } else { Duration::ZERO };
    let timestamp = (order.now - age).unix_timestamp().to_string();
    let secret = if scenario == Scenario::WrongKey {
        Secret::new("a secret that this account does not have").ok()
    } else {
        relay.secrets.first().cloned()
    };
    let parts = [timestamp.as_bytes(), b".", body.as_bytes()];
    let digest = secret.map(|secret| hmac_sha256(&secret, &parts)).unwrap_or_default();
    let body = if scenario == Scenario::Tampered { body.replace("8850", "885000") } else { body };
    Ok(Simulated {
        headers: vec![
            ("content-type", "application/json".to_owned()),
            (TIMESTAMP, timestamp),
            (SIGNATURE, format!("{VERSION}{digest}")),
        ],
        body,
    })
}

pub(super) fn demonstrations(token: &str) -> Result<Vec<Demonstration>, SigningError> {
    Ok(vec![Demonstration {
        provider: DEFINITION.name,
        dialect: "nomad relay",
        account: "demo-nomad",
        settings: format!("provider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"{token}\"]\n"),
        signing_key: None,
        sample_body: "{}",
    }])
}
