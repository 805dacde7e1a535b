//! Playing eftPay: notifications as the web scene sends them.

use serde_json::json;
use time::Duration;

use super::wire::OFFSET;
use super::{DEFINITION, EftPay};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::Secret;
use crate::crypto::hash::secret_first_sha256;
use crate::crypto::rsa::SigningError;
use crate::wire::canonical::{self, EmptyMembers};
use crate::wire::json::Members;
use crate::wire::times;

pub(super) fn simulate(
    account: &EftPay,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let absent = |why| Err(SimulationError::NoSuchScenario { scenario: order.scenario, why });
    let (trade_type, word) = match order.scenario {
        Scenario::Canceled => return absent("eftPay documents no canceled refund"),
        Scenario::RequiresAction => return absent("eftPay never asks the merchant to act"),
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::Malformed => ("REFUND", "TRADE_REFUND"),
        Scenario::Failed => ("REFUND", "TRADE_FAIL"),
        Scenario::Pending => ("REFUND", "TRADE_PROCESSING"),
        Scenario::UnknownStatus => ("REFUND", "TRADE_LIMBO"),
        Scenario::NotARefund => ("SALE", "TRADE_SUCCESS"),
    };
    // A message signed long ago is accepted: eftPay documents no window, and repeats are harmless.
    let age = if order.scenario == Scenario::Stale { Duration::hours(30) } else { Duration::ZERO };
    let signed_at = order.now - age;
    let serial = order.serial;
    let mut body = json!({
        "notify_type": "trade_status_sync",
        "trade_type": trade_type,
        "user_confirm_key": account.user_confirm_key,
        "transaction_id": format!("42000{serial}"),
        "out_trade_no": format!("order-{serial}"),
        "eftpay_trade_no": format!("18520{serial}"),
        "total_fee": "188.00",
        "return_amount": "88.5",
        "currency": "HKD",
        "refund_no": format!("refund-{serial}"),
        "trade_status": word,
        "gmt_payment": times::write_local(signed_at, OFFSET),
        "wallet": "ALIPAYHK",
        "time": times::write_digits(signed_at, OFFSET),
    });
    if order.scenario == Scenario::Failed {
        set(&mut body, "rejectReason", "card not present");
    }
    if order.scenario == Scenario::Malformed {
        set(&mut body, "return_amount", "eighty-eight");
    }
    let signature = sign(account, order.scenario, &body);
    set(&mut body, "sign", &signature);
    if order.scenario == Scenario::Tampered {
        set(&mut body, "return_amount", "8888.5");
    }
    Ok(Simulated {
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.to_string(),
    })
}

fn set(body: &mut serde_json::Value, name: &str, value: &str) {
    if let Some(object) = body.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
}

fn sign(account: &EftPay, scenario: Scenario, body: &serde_json::Value) -> String {
    let text = body.to_string();
    let Ok(members) = Members::from_text(&text) else { return String::new() };
    let canonical = canonical::text(&members, "sign", EmptyMembers::LeftOut);
    let secret = if scenario == Scenario::WrongKey {
        Secret::new("a secret that this account does not have").ok()
    } else {
        account.secrets.first().cloned()
    };
    secret.map(|secret| secret_first_sha256(&secret, &canonical)).unwrap_or_default()
}

pub(super) fn demonstrations(token: &str) -> Result<Vec<Demonstration>, SigningError> {
    Ok(vec![Demonstration {
        provider: DEFINITION.name,
        dialect: "eftpay",
        account: "demo-eftpay",
        settings: format!(
            "provider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\nsecrets = [\"{token}\"]\n"
        ),
        signing_key: None,
        sample_body: "{}",
    }])
}
