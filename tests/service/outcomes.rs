//! Checks the failure table of the architecture page, row by row, over real sockets: what is
//! answered and what is stored.

use std::time::Duration;

use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use refund_providers::contract::{
    Answer, Authentic, Delivery, Explanation, KeyDescription, NotAuthentic, Notice, Provider,
    Reply, Unreadable,
};
use serde_json::json;
use testing::client::{get, post, read_to_end, send_raw, try_post};
use testing::notifications::{eftpay, paycools};
use testing::postgres::Databases;
use testing::receiver::{ACCOUNTS, Setup, configuration};

const PAYCOOLS_SUCCESS: &str = r#"{"code":1,"msg":"success","data":{}}"#;
const PAYCOOLS_REFUSED: &str = r#"{"code":401,"msg":"invalid signature","data":{}}"#;
const PAYCOOLS_NOT_NOW: &str = r#"{"code":503,"msg":"temporarily unavailable","data":{}}"#;

#[tokio::test]
async fn an_unknown_account_is_a_plain_404_and_nothing_is_kept() {
    let receiver = Setup::usual().await.start();
    let body = eftpay("R1", &[]);
    for route in ["eftpay/nobody", "nobody/hk", "paycools/hk", "eftpay/HK", "eftpay/%ff", "a/b/c"] {
        let answer = receiver.post(route, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (404, "Not Found"), "{route}");
    }
    assert_eq!(receiver.database.count("refunds_v1.deliveries").await, 0);
}

#[tokio::test]
async fn another_method_is_a_405_that_names_post() {
    let receiver = Setup::usual().await.start();
    let request = b"GET /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = read_to_end(send_raw(receiver.public(), request).await).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(answer.to_lowercase().contains("allow: post"), "{answer}");
}

#[tokio::test]
async fn hazard_16_a_body_is_read_up_to_its_limit_and_one_byte_more_is_413() {
    let receiver = Setup::usual().await.with("[http]\nmax_body_bytes = 2000").start();
    let url = receiver.url("paycools/ph");
    let padded = |size: usize| {
        let body = paycools("R1", &[]);
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    assert_eq!(post(&url, &[], padded(2000)).await.body, PAYCOOLS_SUCCESS);
    assert_eq!(post(&url, &[], padded(2001)).await.status, 413);

    // Without an announced length, the service finds the limit while it reads.
    let body = padded(2001);
    let request = format!(
        "POST /notify/paycools/ph HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\
         connection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let answer = read_to_end(send_raw(receiver.public(), request.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(receiver.database.count("refund_inbox.deliveries").await, 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let receiver = Setup::usual().await.with("[http]\nbody_timeout_seconds = 1").start();
    let head = b"POST /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
    let answer = read_to_end(send_raw(receiver.public(), head).await).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let receiver = Setup::usual().await.with("[http]\nheader_timeout_seconds = 1").start();
    let half = b"POST /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\ncontent-le";
    let slow = send_raw(receiver.public(), half).await;
    // Other requests are served while this one hangs.
    assert!(receiver.post("eftpay/hk", &eftpay("R1", &[])).await.is_success());
    let answer = read_to_end(slow).await;
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn hazard_31_an_encoded_body_is_415() {
    let receiver = Setup::usual().await.start();
    let url = receiver.url("eftpay/hk");
    for encoding in
        ["gzip", "deflate", "br", "zstd", "compress", "identity, gzip", "utf-8, gzip", "utf-99", ""]
    {
        let answer = post(&url, &[("content-encoding", encoding)], eftpay("R1", &[])).await;
        assert_eq!(answer.status, 415, "{encoding:?}");
    }
    let answer = post(&url, &[("content-encoding", "Identity")], eftpay("R1", &[])).await;
    assert!(answer.is_success());
    assert_eq!(receiver.database.count("refund_inbox.deliveries").await, 1);
}

#[tokio::test]
async fn a_refused_delivery_gets_the_providers_failure_and_goes_to_quarantine() {
    let receiver = Setup::usual().await.start();
    let forged = paycools("R1", &[]).replace("10000", "99999");
    let answer = receiver.post("paycools/ph", &forged).await;
    assert_eq!((answer.status, answer.body.as_str()), (401, PAYCOOLS_REFUSED));
    receiver.database.until_count("refunds_v1.deliveries", 1).await;
    let kept = receiver.database.row("select * from refunds_v1.deliveries").await;
    assert_eq!(kept["verdict"], "refused");
    assert_eq!(kept["reason"], "signature_mismatch");
    assert_eq!(kept["response_body"], PAYCOOLS_REFUSED);
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 0);
}

#[tokio::test]
async fn an_unreadable_delivery_gets_success_and_is_kept_whole() {
    let receiver = Setup::usual().await.start();
    let body = paycools("", &[]);
    let answer = receiver.post("paycools/ph", &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, PAYCOOLS_SUCCESS));
    let kept = receiver.database.row("select * from refunds_v1.deliveries").await;
    assert_eq!(kept["verdict"], "unreadable");
    assert_eq!(kept["reason"], "invalid_text:mchRefundOrderId");
    let raw = "select convert_from(body, 'UTF8') as body from refund_inbox.deliveries";
    assert_eq!(receiver.database.row(raw).await["body"], json!(body));
}

#[tokio::test]
async fn a_message_about_something_else_gets_success_and_is_a_delivery_only() {
    let receiver = Setup::usual().await.start();
    let sale = eftpay("R1", &[("trade_type", json!("SALE"))]);
    assert!(receiver.post("eftpay/hk", &sale).await.is_success());
    let kept = receiver.database.row("select * from refunds_v1.deliveries").await;
    assert_eq!(
        (kept["verdict"].as_str(), kept["reason"].as_str()),
        (Some("ignored"), Some("not_a_refund"))
    );
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 0);
}

#[tokio::test]
async fn a_refund_is_recorded_once_and_its_repeat_is_a_duplicate() {
    let receiver = Setup::usual().await.start();
    let body = paycools("R1", &[]);
    for verdict in ["recorded", "duplicate"] {
        let answer = receiver.post("paycools/ph", &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, PAYCOOLS_SUCCESS));
        let newest = "select * from refunds_v1.deliveries order by delivery_id desc limit 1";
        let kept = receiver.database.row(newest).await;
        assert_eq!(kept["verdict"], verdict);
        assert_eq!(kept["event_ids"].as_array().unwrap().len(), 1);
    }
    let refund = receiver.database.row("select * from refunds_v1.refunds").await;
    assert_eq!((&refund["delivery_count"], &refund["event_count"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn hazard_03_a_stopped_database_makes_authentic_deliveries_unavailable_and_nothing_else() {
    let server = Databases::start("stopped").await;
    let receiver =
        Setup::on(server.database().await).with("[recording]\ndeadline_ms = 500").start();
    server.postgres.stop().await;
    let authentic = receiver.post("paycools/ph", &paycools("R1", &[])).await;
    assert_eq!((authentic.status, authentic.body.as_str()), (503, PAYCOOLS_NOT_NOW));
    let authentic = receiver.post("eftpay/hk", &eftpay("R1", &[])).await;
    assert_eq!(authentic.status, 503);
    assert!(authentic.body.starts_with(r#"{"return_code":"false","time":""#), "{}", authentic.body);
    // Hazard 26: verification needs no database.
    let forged = receiver.post("paycools/ph", &paycools("R1", &[]).replace("10000", "1")).await;
    assert_eq!((forged.status, forged.body.as_str()), (401, PAYCOOLS_REFUSED));

    server.postgres.start_again().await;
    testing::waiting::eventually("service after the database is back", async || {
        receiver.post("paycools/ph", &paycools("R1", &[])).await.is_success()
    })
    .await;
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 1);
}

#[tokio::test]
async fn hazard_22_readiness_follows_commits_and_liveness_does_not() {
    let server = Databases::start("readiness").await;
    let receiver = Setup::on(server.database().await).start();
    let status = async |path| get(&receiver.operator(path)).await.status;
    assert_eq!((status("/readyz").await, status("/livez").await), (200, 200));

    // Queries are answered, commits are not: a standby, or a primary after failover.
    server.postgres.run("alter system set default_transaction_read_only = on").await;
    server.postgres.run("select pg_reload_conf()").await;
    let not_ready = async || status("/readyz").await == 503;
    testing::waiting::eventually("a read-only database to be noticed", not_ready).await;
    assert_eq!(status("/livez").await, 200);
    let answer = receiver.post("paycools/ph", &paycools("R1", &[])).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, PAYCOOLS_NOT_NOW));

    server.postgres.stop().await;
    assert_eq!((status("/readyz").await, status("/livez").await), (503, 200));
}

#[tokio::test]
async fn a_full_queue_gets_unavailable_quickly() {
    let receiver = Setup::usual()
        .await
        .with("[recording]\nqueue_deliveries = 1\ngroup_deliveries = 1")
        .start();
    let held = receiver.database.hold_commits().await;
    let url = receiver.url("paycools/ph");
    let first = tokio::spawn(async move { post(&url, &[], paycools("R1", &[])).await });
    receiver.database.until_a_commit_is_held().await;
    let url = receiver.url("paycools/ph");
    // One delivery waits in the queue. The next one finds it full and is turned away while commits
    // are held.
    let second = tokio::spawn(async move { post(&url, &[], paycools("R2", &[])).await });
    let turned_away =
        async || receiver.post("paycools/ph", &paycools("R3", &[])).await.status == 503;
    testing::waiting::eventually("a delivery to be turned away", turned_away).await;
    assert!(!first.is_finished());
    held.release().await;
    assert!(first.await.unwrap().is_success());
    assert!(second.await.unwrap().is_success());
}

#[tokio::test]
async fn a_body_beyond_the_memory_limit_gets_unavailable_in_the_providers_words() {
    let limits = "[http]\nmax_body_bytes = 20000\nmax_bytes_in_hand = 40000";
    let receiver =
        Setup::usual().await.with(limits).with("[recording]\ndeadline_ms = 60000").start();
    let padded = |refund: &str| format!("{}{}", paycools(refund, &[]), " ".repeat(12_000));
    let held = receiver.database.hold_commits().await;
    let url = receiver.url("paycools/ph");
    let body = padded("R1");
    let whole = tokio::spawn(async move { post(&url, &[], body).await });
    receiver.database.until_a_commit_is_held().await;
    // A whole body is never evicted for another, however long its commit takes.
    let answer = receiver.post("paycools/ph", &padded("R2")).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, PAYCOOLS_NOT_NOW));
    let counted = r#"refund_inbox_requests_rejected_total{reason="no_memory"}"#;
    assert!(get(&receiver.operator("/metrics")).await.body.contains(counted));
    held.release().await;
    assert!(whole.await.unwrap().is_success());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_stored_as_a_delivery() {
    let receiver = Setup::usual().await.start();
    let head = b"POST /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
    drop(send_raw(receiver.public(), head).await);
    let chunked =
        b"POST /notify/eftpay/hk HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    let answer = read_to_end(send_raw(receiver.public(), chunked).await).await;
    assert!(!answer.contains(" 200 "), "{answer}");
    assert_eq!(receiver.database.count("refund_inbox.deliveries").await, 0);
}

/// A provider that fails in a way that the real ones do not.
#[derive(Debug)]
struct Broken {
    inner: Box<dyn Provider>,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Panics,
    CannotDecrypt,
}

impl Provider for Broken {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        let authentic = self.inner.authenticate(delivery)?;
        match self.how {
            How::Panics => panic!("canary-in-a-panic"),
            How::CannotDecrypt => Err(NotAuthentic::Undecryptable(authentic.proof().clone())),
        }
    }

    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        self.inner.explain(delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        self.inner.normalize(authentic)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        self.inner.reply(delivery, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        self.inner.keys()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        self.inner.simulate(order)
    }
}

async fn broken(how: How) -> crate::receiver::Receiver {
    let mut configuration = configuration(ACCOUNTS);
    let accounts = std::mem::take(&mut configuration.accounts);
    configuration.accounts = accounts
        .into_iter()
        .map(|account| {
            let ConfiguredAccount { name, provider_name, pending_alarm, settings, provider } =
                account;
            let provider = Box::new(Broken { inner: provider, how });
            ConfiguredAccount { name, provider_name, pending_alarm, settings, provider }
        })
        .collect();
    Setup::usual().await.start_with(configuration)
}

#[tokio::test]
async fn a_bug_of_ours_gets_unavailable_in_the_providers_words() {
    let receiver = broken(How::Panics).await;
    let answer = receiver.post("paycools/ph", &paycools("R1", &[])).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, PAYCOOLS_NOT_NOW));
    assert_eq!(receiver.database.count("refunds_v1.deliveries").await, 0);
}

#[tokio::test]
async fn a_wrong_decryption_key_of_ours_is_kept_for_repair_and_asked_for_again() {
    let receiver = broken(How::CannotDecrypt).await;
    let answer = receiver.post("paycools/ph", &paycools("R1", &[])).await;
    assert_eq!(answer.status, 500);
    assert_ne!(answer.body, PAYCOOLS_SUCCESS);
    let kept = receiver.database.row("select * from refunds_v1.deliveries").await;
    assert_eq!(
        (kept["verdict"].as_str(), kept["reason"].as_str()),
        (Some("unreadable"), Some("undecryptable"))
    );
    assert_eq!(kept["response_status"], 500);
}

#[tokio::test]
async fn a_stopping_service_is_not_ready_and_ends_new_connections_unanswered() {
    let receiver = Setup::usual().await.with("[http]\nlame_duck_seconds = 1").start();
    let (ready, url) = (receiver.operator("/readyz"), receiver.url("paycools/ph"));
    let stopping = tokio::spawn(receiver.stop());
    testing::waiting::eventually("readiness to be withdrawn", async || {
        get(&ready).await.status == 503
    })
    .await;
    // Load balancers have not noticed yet, so deliveries are still accepted.
    assert!(post(&url, &[], paycools("R1", &[])).await.is_success());
    tokio::time::timeout(Duration::from_secs(30), stopping).await.unwrap().unwrap();
    assert!(try_post(&url, &[], paycools("R2", &[])).await.is_err());
}
