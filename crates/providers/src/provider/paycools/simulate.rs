//! Playing PayCools, in either wire form.

use data_encoding::BASE64;
use serde_json::{Value, json};
use time::{Duration, UtcOffset};

use super::{DEFINITION, Dialect, PayCools};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::hash::secret_last_sha1;
use crate::crypto::rsa::SigningError;
use crate::crypto::{Secret, SigningKey};
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::Members;
use crate::wire::times;

pub(super) fn simulate(
    account: &PayCools,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let message = message(order, account.offset)?;
    let body = match &account.dialect {
        Dialect::Flat(secrets) => flat(order.scenario, secrets.first(), message),
        Dialect::Envelope(_) => envelope(order, &message)?,
    };
    Ok(Simulated { headers: vec![("content-type", "application/json".to_owned())], body })
}

fn message(order: &SimulationOrder<'_>, offset: UtcOffset) -> Result<Value, SimulationError> {
    let scenario = order.scenario;
    let (event, status) = match scenario {
        Scenario::RequiresAction => {
            let why = "PayCools never asks the merchant to act";
            return Err(SimulationError::NoSuchScenario { scenario, why });
        }
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::Malformed => ("payment.refund.success", "COMPLETE"),
        Scenario::Failed => ("payment.refund.failed", "FAILED"),
        Scenario::Canceled => ("payment.refund.cancel", "CANCEL"),
        Scenario::Pending => ("payment.refund.process", "PROCESS"),
        Scenario::UnknownStatus => ("payment.refund.success", "LIMBO"),
        Scenario::NotARefund => ("payment.paid.success", "COMPLETE"),
    };
    // PayCools documents no window: what was signed long ago is accepted, and repeats are harmless.
    let age = if scenario == Scenario::Stale { Duration::hours(30) } else { Duration::ZERO };
    let at = order.now - age;
    let serial = order.serial;
    let mut message = json!({
        "eventName": event,
        "mchRefundOrderId": format!("refund-{serial}"),
        "refundTransactionId": format!("C4X{serial}"),
        "originalTransactionId": format!("R20{serial}"),
        "refundAmount": 10_000,
        "feeRefunded": 1_000,
        "refundStatus": status,
        "refundCreateTime": times::write_local(at - Duration::minutes(3), offset),
        "refundReturnTime": times::write_local(at, offset),
        "refundReason": "changed my mind",
    });
    if scenario == Scenario::Failed {
        set(&mut message, "failedCode", json!(-10_009));
        set(&mut message, "failedMessage", json!("Channel Refund Failed"));
    }
    if scenario == Scenario::Malformed {
        set(&mut message, "refundAmount", json!("ten thousand"));
    }
    Ok(message)
}

fn flat(scenario: Scenario, secret: Option<&Secret>, mut message: Value) -> String {
    let secret = if scenario == Scenario::WrongKey {
        Secret::new("a secret that this account does not have").ok()
    } else {
        secret.cloned()
    };
    let text = message.to_string();
    let sign = Members::from_text(&text).ok().zip(secret).map(|(members, secret)| {
        secret_last_sha1(&secret, &canonical::text(&members, "sign", EmptyMembers::LeftOut))
    });
    set(&mut message, "sign", json!(sign));
    if scenario == Scenario::Tampered {
        set(&mut message, "refundAmount", json!(1_000_000));
    }
    message.to_string()
}

fn envelope(order: &SimulationOrder<'_>, message: &Value) -> Result<String, SimulationError> {
    let param = message.to_string();
    let key = order.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
    let signature = if order.scenario == Scenario::WrongKey {
        SigningKey::generate()?.sign_sha256(param.as_bytes())?
    } else {
        key.sign_sha256(param.as_bytes())?
    };
    let param = if order.scenario == Scenario::Tampered {
        param.replace("10000", "1000000")
    } else {
        param
    };
    Ok(json!({ "param": param, "sign": BASE64.encode(&signature) }).to_string())
}

fn set(message: &mut Value, name: &str, value: Value) {
    if let Some(object) = message.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

pub(super) fn demonstrations(token: &str) -> Result<Vec<Demonstration>, SigningError> {
    let key = SigningKey::generate()?;
    let public = key.public_pem()?;
    Ok(vec![
        Demonstration {
            provider: DEFINITION.name,
            dialect: "paycools flat",
            account: "demo-paycools",
            settings: format!(
                "provider = \"paycools\"\nvariant = \"flat\"\ncurrency = \"PHP\"\n\
                 secrets = [\"{token}\"]\n"
            ),
            signing_key: None,
            sample_body: "{}",
        },
        Demonstration {
            provider: DEFINITION.name,
            dialect: "paycools envelope",
            account: "demo-paycools-my",
            settings: format!(
                "provider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"\n\
                 public_keys = [{{ id = \"demo\", pem = \"\"\"\n{public}\"\"\" }}]\n"
            ),
            signing_key: Some(key),
            sample_body: "{}",
        },
    ])
}
