//! Playing Antom.

use data_encoding::BASE64;
use serde_json::json;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use super::{Antom, DEFINITION};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::SigningKey;
use crate::crypto::rsa::SigningError;
use crate::wire::percent;

pub(super) fn simulate(
    account: &Antom,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let scenario = order.scenario;
    let absent = |why| Err(SimulationError::NoSuchScenario { scenario, why });
    let (notify_type, status) = match scenario {
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::Malformed => ("REFUND_RESULT", "SUCCESS"),
        Scenario::Failed => ("REFUND_RESULT", "FAIL"),
        Scenario::UnknownStatus => ("REFUND_RESULT", "LIMBO"),
        Scenario::NotARefund => ("PAYMENT_RESULT", "SUCCESS"),
        Scenario::Pending => return absent("Antom tells final results only"),
        Scenario::Canceled => return absent("Antom has no canceled refund"),
        Scenario::RequiresAction => return absent("Antom never asks the merchant to act"),
    };
    // Antom documents no window: what was signed long ago is accepted, and repeats are harmless.
    let age = if scenario == Scenario::Stale { Duration::hours(30) } else { Duration::ZERO };
    let at = order.now - age;
    let serial = order.serial;
    let value = if scenario == Scenario::Malformed { "88.50" } else { "8850" };
    let failed = scenario == Scenario::Failed;
    let body = json!({
        "notifyType": notify_type,
        "result": {
            "resultCode": if failed { "REFUND_NOT_SUPPORTED" } else { "SUCCESS" },
            "resultStatus": if failed { "F" } else { "S" },
            "resultMessage": if failed { "refund not supported" } else { "success" },
        },
        "refundStatus": status,
        "refundRequestId": format!("refund-{serial}"),
        "refundId": format!("20210{serial}"),
        "refundAmount": { "currency": "USD", "value": value },
        "refundTime": at.format(&Rfc3339).unwrap_or_default(),
    })
    .to_string();
    let request_time = at.format(&Rfc3339).unwrap_or_default();
    let path = account.external_path.as_deref().unwrap_or(order.path);
    let message = format!("POST {path}\n{}.{request_time}.{body}", account.client_id);
    let key = order.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
    let signature = if scenario == Scenario::WrongKey {
        SigningKey::generate()?.sign_sha256(message.as_bytes())?
    } else {
        key.sign_sha256(message.as_bytes())?
    };
    let version = account.public_keys.first().map(|key| key.id().to_string()).unwrap_or_default();
    let encoded = percent::encode(BASE64.encode(&signature).as_bytes());
    let body = if scenario == Scenario::Tampered { body.replace("8850", "885000") } else { body };
    Ok(Simulated {
        headers: vec![
            ("content-type", "application/json; charset=UTF-8".to_owned()),
            ("client-id", account.client_id.clone()),
            ("request-time", request_time),
            ("signature", format!("algorithm=RSA256, keyVersion={version}, signature={encoded}")),
        ],
        body,
    })
}

pub(super) fn demonstrations(_token: &str) -> Result<Vec<Demonstration>, SigningError> {
    let key = SigningKey::generate()?;
    let public = key.public_pem()?;
    Ok(vec![Demonstration {
        provider: DEFINITION.name,
        dialect: "antom",
        account: "demo-antom",
        settings: format!(
            "provider = \"antom\"\nclient_id = \"SANDBOX_DEMO\"\n\
             public_keys = [{{ id = \"1\", pem = \"\"\"\n{public}\"\"\" }}]\n"
        ),
        signing_key: Some(key),
        sample_body: "{}",
    }])
}
