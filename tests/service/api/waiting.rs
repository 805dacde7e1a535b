//! `?wait=final`

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;

use super::scene::{operator, scene};

#[tokio::test]
async fn a_wait_ends_when_the_refund_is_final() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[("trade_status", json!("TRADE_PROCESSING"))]).await;
    let wait = scene.json("/api/v1/refunds/refund-1?wait=final&timeout=60");
    let finish = scene.receive("refund-1", &[]);
    let both = async { tokio::join!(wait, finish) };
    let (refund, ()) = timeout(Duration::from_secs(30), both).await.expect("it ends early");
    assert_eq!(refund["status"], "succeeded");
    let again = scene.json("/api/v1/refunds/refund-1?wait=final&timeout=60");
    let refund = timeout(Duration::from_secs(30), again).await.expect("it is final already");
    assert_eq!(refund["status"], "succeeded");
}

#[tokio::test]
async fn a_refund_that_is_not_known_yet_is_waited_for() {
    let scene = scene(&operator("")).await;
    let wait = scene.json("/api/v1/refunds/refund-1?wait=final&timeout=60");
    let finish = scene.receive("refund-1", &[]);
    let both = async { tokio::join!(wait, finish) };
    let (refund, ()) = timeout(Duration::from_secs(30), both).await.expect("it ends early");
    assert_eq!(refund["status"], "succeeded");
    let missing = scene.get_as("viewer", "/api/v1/refunds/other?wait=final&timeout=0").await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn after_the_timeout_the_answer_is_the_refund_as_it_is() {
    let scene = scene(&operator("")).await;
    scene.receive("refund-1", &[("trade_status", json!("TRADE_PROCESSING"))]).await;
    let began = Instant::now();
    let refund = scene.json("/api/v1/refunds/refund-1?wait=final&timeout=1").await;
    assert_eq!(refund["status"], "pending");
    assert!(began.elapsed() >= Duration::from_secs(1), "it waits");
    for query in ["wait=always", "timeout=1", "wait=final&timeout=61", "wait=final&timeout=x"] {
        let path = format!("/api/v1/refunds/refund-1?{query}");
        assert_eq!(scene.get_as("viewer", &path).await.status(), 400, "{query}");
    }
}
