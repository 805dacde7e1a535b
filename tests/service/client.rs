//! Playing the providers' part: whole requests, and bytes that no HTTP client would send.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use refund_providers::crypto::{Secret, hash};
use refund_providers::wire::canonical::{EmptyMembers, text};
use refund_providers::wire::json::Members;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The secret of every hash-signed account in these tests.
pub(crate) const SECRET: &str = "testsignkey1234";

/// One client for all tests; it keeps no connection, for each test has a runtime of its own.
pub(crate) static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
});

/// An answer, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Answer {
    /// Whether the provider would take it for "committed".
    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }
}

/// Sends a body with these headers.
pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    try_post(url, headers, body).await.unwrap()
}

/// The same where the connection may break.
pub(crate) async fn try_post(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Result<Answer, reqwest::Error> {
    let mut request = CLIENT.post(url).body(body.into());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.send().await?).await
}

pub(crate) async fn get(url: &str) -> Answer {
    answer(CLIENT.get(url).send().await.unwrap()).await.unwrap()
}

pub(crate) async fn answer(response: reqwest::Response) -> Result<Answer, reqwest::Error> {
    let content_type = response.headers().get("content-type");
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: content_type.map_or("", |value| value.to_str().unwrap()).to_owned(),
        body: response.text().await?,
    })
}

/// Opens a connection, sends these bytes and nothing more.
pub(crate) async fn send_raw(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything that comes on a connection until its end.
pub(crate) async fn read_to_end(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset at the end is an end.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An eftPay refund of the web scene, signed; `changes` replace or add members before.
pub(crate) fn eftpay(refund_no: &str, changes: &[(&str, Value)]) -> String {
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
pub(crate) fn sign_eftpay(body: Map<String, Value>, secret: &str) -> String {
    let canonical = canonical(&body);
    sealed(body, hash::secret_first_sha256(&Secret::new(secret).unwrap(), &canonical))
}

/// A flat PayCools refund, signed; `changes` replace or add members before.
pub(crate) fn paycools(refund_id: &str, changes: &[(&str, Value)]) -> String {
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
        other => panic!("no object: {other}"),
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

/// Waits for something that no event announces, for at most a minute.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
