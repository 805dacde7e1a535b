//! Makes signed notifications of two dialects. A test may change any member.

use refund_providers::crypto::{Secret, hash};
use refund_providers::wire::canonical::{EmptyMembers, text};
use refund_providers::wire::json::Members;
use serde_json::{Map, Value, json};

/// The secret of every hash-signed account in these tests.
pub const SECRET: &str = "testsignkey1234";

/// Makes a signed eftPay refund of the web scene; `changes` replace or add members before it is signed.
pub fn eftpay(refund_no: &str, changes: &[(&str, Value)]) -> String {
    let mut body = object(json!({
        "notify_type": "trade_status_sync",
        "trade_type": "REFUND",
        "user_confirm_key": "S0003469",
        "transaction_id": "4200000994202001206533192063",
        "out_trade_no": "order-1",
        "eftpay_trade_no": "18520003650610023041",
        "total_fee": "188.00",
        "return_amount": "88.50",
        "currency": "HKD",
        "refund_no": refund_no,
        "trade_status": "TRADE_REFUND",
        "gmt_payment": "2026-01-20 10:35:34",
        "wallet": "ALIPAYHK",
        "time": "20260120103534",
    }));
    for (name, value) in changes {
        body.insert((*name).to_owned(), value.clone());
    }
    sign_eftpay(body, SECRET)
}

/// Signs these members as eftPay does.
pub fn sign_eftpay(body: Map<String, Value>, secret: &str) -> String {
    let canonical = canonical(&body);
    sealed(body, hash::secret_first_sha256(&Secret::new(secret).unwrap(), &canonical))
}

/// Makes a signed flat PayCools refund; `changes` replace or add members before it is signed.
pub fn paycools(refund_id: &str, changes: &[(&str, Value)]) -> String {
    let mut body = object(json!({
        "eventName": "payment.refund.success",
        "mchRefundOrderId": refund_id,
        "refundTransactionId": "C4X20220428011068485",
        "originalTransactionId": "R2022042801106815674",
        "refundAmount": 10000,
        "feeRefunded": 1000,
        "refundStatus": "COMPLETE",
        "refundCreateTime": "2026-05-31 09:38:06",
        "refundReturnTime": "2026-05-31 09:38:06",
        "refundReason": "refund reason",
    }));
    for (name, value) in changes {
        body.insert((*name).to_owned(), value.clone());
    }
    let canonical = canonical(&body);
    sealed(body, hash::secret_last_sha1(&Secret::new(SECRET).unwrap(), &canonical))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

fn canonical(body: &Map<String, Value>) -> String {
    let unsigned = serde_json::to_string(body).unwrap();
    text(&Members::from_text(&unsigned).unwrap(), "sign", EmptyMembers::LeftOut)
}

fn sealed(mut body: Map<String, Value>, sign: String) -> String {
    body.insert("sign".to_owned(), sign.into());
    serde_json::to_string(&body).unwrap()
}
