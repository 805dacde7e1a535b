//! Playing WeChat Pay: v3 notifications, signed and encrypted.

use data_encoding::BASE64;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{DEFINITION, Merchant, WeChatPay};
use crate::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder, v3_key_of,
};
use crate::crypto::SigningKey;
use crate::crypto::cipher::{NONCE_BYTES, seal_gcm};
use crate::crypto::rsa::SigningError;

pub(super) fn simulate(
    account: &WeChatPay,
    order: &SimulationOrder<'_>,
) -> Result<Simulated, SimulationError> {
    let scenario = order.scenario;
    let (event_type, status) = match scenario {
        Scenario::Succeeded
        | Scenario::Duplicate
        | Scenario::Tampered
        | Scenario::Stale
        | Scenario::WrongKey
        | Scenario::Malformed => ("REFUND.SUCCESS", "SUCCESS"),
        Scenario::Canceled => ("REFUND.CLOSED", "CLOSED"),
        Scenario::RequiresAction => ("REFUND.ABNORMAL", "ABNORMAL"),
        Scenario::Pending => ("REFUND.PROCESSING", "PROCESSING"),
        Scenario::UnknownStatus => ("REFUND.SUCCESS", "LIMBO"),
        Scenario::NotARefund => ("TRANSACTION.SUCCESS", "SUCCESS"),
        Scenario::Failed => {
            let why = "WeChat Pay closes a refund (canceled) or asks the merchant to act";
            return Err(SimulationError::NoSuchScenario { scenario, why });
        }
    };
    let refund = refund(account, order, status);
    let body = envelope(account, order, event_type, &refund.to_string())?;
    let (timestamp, signed_body) = match scenario {
        Scenario::Stale => (order.now - Duration::hours(1), body.clone()),
        Scenario::Tampered => (order.now, body.replace("encrypt-resource", "encrypt-resources")),
        Scenario::Succeeded
        | Scenario::Failed
        | Scenario::Pending
        | Scenario::Canceled
        | Scenario::RequiresAction
        | Scenario::Duplicate
        | Scenario::WrongKey
        | Scenario::NotARefund
        | Scenario::UnknownStatus
        | Scenario::Malformed => (order.now, body.clone()),
    };
    let timestamp = timestamp.unix_timestamp().to_string();
    let nonce = format!("nonce{}", order.serial);
    let message = format!("{timestamp}\n{nonce}\n{signed_body}\n");
    let key = order.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
    let signature = if scenario == Scenario::WrongKey {
        SigningKey::generate()?.sign_sha256(message.as_bytes())?
    } else {
        key.sign_sha256(message.as_bytes())?
    };
    let serial = account.public_keys.first().map(|key| key.id().to_string()).unwrap_or_default();
    Ok(Simulated {
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("wechatpay-timestamp", timestamp),
            ("wechatpay-nonce", nonce),
            ("wechatpay-serial", serial),
            ("wechatpay-signature", BASE64.encode(&signature)),
            ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048".to_owned()),
        ],
        body,
    })
}

fn refund(account: &WeChatPay, order: &SimulationOrder<'_>, status: &str) -> Value {
    let serial = order.serial;
    let amount = if order.scenario == Scenario::Malformed { json!("a lot") } else { json!(8850) };
    let mut refund = json!({
        "transaction_id": format!("42000{serial}"),
        "out_trade_no": format!("order-{serial}"),
        "refund_id": format!("50300{serial}"),
        "out_refund_no": format!("refund-{serial}"),
        "refund_status": status,
        "user_received_account": "招商银行信用卡0403",
        "amount": { "total": 18_800, "refund": amount, "payer_total": 18_800, "payer_refund": 8850 },
    });
    let mut set = |name: &str, value: String| {
        if let Some(object) = refund.as_object_mut() {
            object.insert(name.to_owned(), value.into());
        }
    };
    match &account.merchant {
        Merchant::Single(mchid) => set("mchid", mchid.clone()),
        Merchant::Partner { sp_mchid, sub_mchids } => {
            set("sp_mchid", sp_mchid.clone());
            set("sub_mchid", sub_mchids.first().cloned().unwrap_or_else(|| "1900000109".into()));
        }
    }
    if status == "SUCCESS" {
        set("success_time", rfc3339(order.now));
    }
    refund
}

fn envelope(
    account: &WeChatPay,
    order: &SimulationOrder<'_>,
    event_type: &str,
    plaintext: &str,
) -> Result<String, SimulationError> {
    let mut nonce = *b"000000000000";
    for (place, byte) in nonce.iter_mut().zip(order.serial.bytes().take(NONCE_BYTES)) {
        *place = byte;
    }
    let key = account.v3_keys.first().ok_or(SigningError::Library)?;
    let ciphertext = seal_gcm(key, &nonce, b"refund", plaintext.as_bytes());
    let ciphertext = ciphertext.ok_or(SigningError::Library)?;
    Ok(json!({
        "id": format!("EV-{}", order.serial),
        "create_time": rfc3339(order.now),
        "event_type": event_type,
        "summary": "退款",
        "resource_type": "encrypt-resource",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "original_type": "refund",
            "ciphertext": BASE64.encode(&ciphertext),
            "nonce": String::from_utf8_lossy(&nonce),
            "associated_data": "refund",
        },
    })
    .to_string())
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

pub(super) fn demonstrations(token: &str) -> Result<Vec<Demonstration>, SigningError> {
    let key = SigningKey::generate()?;
    let public = key.public_pem()?;
    let v3_key = v3_key_of(token);
    let settings = format!(
        "provider = \"wechatpay\"\nmchid = \"1900000109\"\napi_v3_keys = [\"{v3_key}\"]\n\
         api_v2_keys = [\"{token}\"]\n\
         public_keys = [{{ id = \"PUB_KEY_ID_DEMO\", pem = \"\"\"\n{public}\"\"\" }}]\n"
    );
    let demonstration = |dialect, account, sample_body, signing_key| Demonstration {
        provider: DEFINITION.name,
        dialect,
        account,
        settings: settings.clone(),
        signing_key,
        sample_body,
    };
    Ok(vec![
        demonstration("wechatpay v3", "demo-wechatpay", "{}", Some(key)),
        demonstration("wechatpay v2", "demo-wechatpay", "<xml/>", None),
    ])
}
