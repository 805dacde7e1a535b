//! What the running program shows in log lines and metrics, and what it must never show there.

use std::collections::{BTreeMap, BTreeSet};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use testing::client::{get, post, try_post};
use testing::notifications::{eftpay, paycools};
use testing::postgres;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, usual};
use testing::waiting::eventually;
use tokio::task::JoinSet;

#[tokio::test]
async fn hazard_18_twenty_thousand_random_paths_and_signatures_add_no_series() {
    let (configuration, _) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    let url = |path: &str| format!("http://{public}{path}");
    let series = async || {
        let text = get(&format!("http://{operator}/metrics")).await.body;
        text.lines().filter(|line| !line.starts_with('#')).count()
    };
    // Sends one request of each kind first, so that every possible series exists.
    post(&url("/notify/eftpay/hk"), &[], "{}").await;
    post(&url("/notify/eftpay/hk"), &[], r#"{"sign":"x"}"#).await;
    post(&url("/notify/eftpay/nobody"), &[], "{}").await;
    // Maintenance counts what waits for the first time at any moment.
    let metrics = async || get(&format!("http://{operator}/metrics")).await.body;
    let counted = async || metrics().await.contains("\nrefund_inbox_default_partition_rows ");
    eventually("the first maintenance", counted).await;
    let before = series().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut senders = JoinSet::new();
    for sender in 0..8 {
        let (client, base) = (client.clone(), url(""));
        senders.spawn(async move {
            for number in 0..2500 {
                let word = format!("{sender}x{number}");
                let path = match number % 4 {
                    0 => format!("{base}/notify/eftpay/{word}"),
                    1 => format!("{base}/notify/{word}/hk"),
                    2 => format!("{base}/{word}?{word}={word}"),
                    _ => format!("{base}/notify/eftpay/hk"),
                };
                let body = format!(r#"{{"sign":"{word}","{word}":"{word}"}}"#);
                let sent = client.post(path).header("wechatpay-serial", &word).body(body);
                assert!(sent.send().await.unwrap().status().is_client_error());
            }
        });
    }
    senders.join_all().await;
    assert_eq!(series().await, before);
}

#[tokio::test]
async fn hazard_27_log_lines_carry_the_id_of_their_own_delivery_under_concurrency() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let mut senders = JoinSet::new();
    for number in 0..120_usize {
        // Each delivery can be recognized by its size.
        let body = format!("{}{}", eftpay(&format!("R{number}"), &[]), " ".repeat(number * 7));
        senders.spawn(async move {
            post(&format!("http://{public}/notify/eftpay/hk"), &[], body).await.is_success()
        });
    }
    assert!(senders.join_all().await.into_iter().all(|success| success));
    let kept: BTreeMap<String, i64> = database
        .rows("select delivery_id, body_bytes from refunds_v1.deliveries")
        .await
        .into_iter()
        .map(|row| {
            (row["delivery_id"].as_str().unwrap().to_owned(), row["body_bytes"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(kept.len(), 120);
    service.signal(Signal::SIGTERM);
    let (_, lines) = service.end().await;
    let mut seen = BTreeSet::new();
    for line in lines {
        let line: Value = serde_json::from_str(&line).unwrap();
        let Some(size) = line["body_bytes"].as_i64() else { continue };
        let delivery_id = line["span"]["delivery_id"].as_str().unwrap().to_owned();
        assert_eq!(kept[&delivery_id], size, "{line}");
        seen.insert(delivery_id);
    }
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn hazard_28_no_field_no_header_no_secret_and_no_body_reaches_a_log_line() {
    const CANARY: &str = "canary7734";
    let url = postgres::shared().database().await;
    let configuration = format!(
        "[database]\nurl = {}\n[log]\nlevel = \"trace\"\n{}",
        json!(format!("{url}&application_name={CANARY}")),
        ACCOUNTS.replace("[\"testsignkey1234\"]", &format!("[\"testsignkey1234\", \"{CANARY}\"]")),
    );
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    let fields = [
        "transaction_id",
        "out_trade_no",
        "eftpay_trade_no",
        "currency",
        "refund_no",
        "trade_status",
        "wallet",
        "rejectReason",
        "gmt_payment",
        "return_amount",
        "extra",
        "user_confirm_key",
    ];
    let mut bodies = vec![CANARY.to_owned(), format!("{{\"sign\":\"{CANARY}\"}}")];
    for field in fields {
        bodies.push(eftpay("R1", &[(field, json!(CANARY))]));
        bodies.push(eftpay("R1", &[(field, json!(CANARY))]).replacen(CANARY, "canary7734x", 1));
        bodies.push(eftpay(CANARY, &[(CANARY, json!(CANARY))]));
    }
    for field in ["refundReason", "refundStatus", "eventName", "mchRefundOrderId", "refundAmount"] {
        bodies.push(paycools("R1", &[(field, json!(CANARY))]));
    }
    let headers = [("x-canary", CANARY), ("user-agent", CANARY), ("authorization", CANARY)];
    for body in bodies {
        for route in ["eftpay/hk", "paycools/ph", "eftpay/canary7734", "eftpay/hk?canary7734"] {
            let url = format!("http://{public}/notify/{route}");
            let _ = try_post(&url, &headers, body.clone()).await;
        }
    }
    let metrics = get(&format!("http://{operator}/metrics")).await.body;
    assert!(!metrics.contains("canary"), "{metrics}");
    service.signal(Signal::SIGTERM);
    let (status, lines) = service.end().await;
    assert_eq!(status, Some(0));
    assert!(lines.len() > 50, "only {} lines were logged", lines.len());
    let leaks: Vec<&String> = lines.iter().filter(|line| line.contains("canary")).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
