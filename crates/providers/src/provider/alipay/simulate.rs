//! Playing Alipay: trade notifications that carry a refund.

use data_encoding::BASE64;
use time::Duration;

use super::wire::{OFFSET, SIGN, SIGN_TYPE};
use super::{Alipay, DEFINITION};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder,
};
use crate::crypto::SigningKey;
use crate::crypto::rsa::SigningError;
use crate::wire::form::Pairs;
use crate::wire::{percent, times};

pub(super) fn simulate(
    account: &Alipay,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let scenario = order.scenario;
    let absent = |why| Err(SimulationError::NoSuchScenario { scenario, why });
    let word = match scenario {
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::NotARefund
        | Scenario::Malformed => "TRADE_SUCCESS",
        Scenario::UnknownStatus => "TRADE_LIMBO",
        Scenario::Failed | Scenario::Pending | Scenario::Canceled | Scenario::RequiresAction => {
            return absent("Alipay tells of refunds that succeeded, and of no others");
        }
    };
    // Alipay documents no window: what was signed long ago is accepted, and repeats are harmless.
    let age = if scenario == Scenario::Stale { Duration::hours(30) } else { Duration::ZERO };
    let at = times::write_local(order.now - age, OFFSET);
    let serial = order.serial;
    let mut parameters = vec![
        ("notify_id", format!("2026{serial}")),
        ("notify_type", "trade_status_sync".to_owned()),
        ("notify_time", at.clone()),
        ("charset", "utf-8".to_owned()),
        ("version", "1.0".to_owned()),
        ("app_id", account.app_id.clone()),
        ("seller_id", account.seller_id.clone().unwrap_or_else(|| "2088000000000001".into())),
        ("trade_no", format!("20260101220014{serial}")),
        ("out_trade_no", format!("order-{serial}")),
        ("subject", "测试商品 a+b & 50%".to_owned()),
        ("total_amount", "188.00".to_owned()),
        ("trade_status", word.to_owned()),
        (SIGN_TYPE, "RSA2".to_owned()),
    ];
    if scenario != Scenario::NotARefund {
        let malformed = scenario == Scenario::Malformed;
        let fee = if malformed { "eighty-eight" } else { "88.50" };
        parameters.push(("out_biz_no", format!("refund-{serial}")));
        parameters.push(("gmt_refund", format!("{at}.320")));
        parameters.push(("refund_fee", fee.to_owned()));
    }
    let unsigned = encode(&parameters);
    let text = Pairs::from_bytes(unsigned.as_bytes())
        .map(|pairs| pairs.signed_text(&[SIGN, SIGN_TYPE], true))
        .unwrap_or_default();
    let key = order.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
    let signature = if scenario == Scenario::WrongKey {
        SigningKey::generate()?.sign_sha256(&text)?
    } else {
        key.sign_sha256(&text)?
    };
    parameters.push((SIGN, BASE64.encode(&signature)));
    let body = encode(&parameters);
    let body = if scenario == Scenario::Tampered { body.replace("88.50", "188.00") } else { body };
    let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
    Ok(Simulated { headers: vec![("content-type", content_type)], body })
}

fn encode(parameters: &[(&str, String)]) -> String {
    let pair =
        |(name, value): &(&str, String)| format!("{name}={}", percent::encode(value.as_bytes()));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

pub(super) fn demonstrations(_token: &str) -> Result<Vec<Demonstration>, SigningError> {
    let key = SigningKey::generate()?;
    let public = key.public_pem()?;
    Ok(vec![Demonstration {
        provider: DEFINITION.name,
        dialect: "alipay",
        account: "demo-alipay",
        settings: format!(
            "provider = \"alipay\"\napp_id = \"2021000000000001\"\n\
             public_keys = [{{ id = \"demo\", pem = \"\"\"\n{public}\"\"\" }}]\n"
        ),
        signing_key: Some(key),
        sample_body: "a=b",
    }])
}
