//! Commits whose answer was lost: the service reads back what happened to them, and never guesses.

use serde_json::json;
use testing::client::{Answer, post};
use testing::database::Database;
use testing::notifications::eftpay;
use testing::receiver::{Receiver, Setup};
use testing::relay::Relay;
use testing::waiting::eventually;

/// Starts a receiver behind a relay, with long timeouts for slow machines. The test itself connects
/// to the database without the relay.
async fn start() -> (Receiver, Relay) {
    let setup = Setup::usual().await;
    let direct = Database::new(&setup.url);
    let relay = Relay::to(&setup.url).await;
    let setup = Setup { url: relay.url.clone(), ..setup };
    let mut receiver = setup.with("[recording]\ndeadline_ms = 60000").start();
    receiver.database = direct;
    // Connections are open and statements are prepared.
    assert!(receiver.post("eftpay/hk", &eftpay("R0", &[])).await.is_success());
    (receiver, relay)
}

fn send(receiver: &Receiver, refund: &'static str) -> tokio::task::JoinHandle<Answer> {
    let url = receiver.url("eftpay/hk");
    tokio::spawn(async move { post(&url, &[], eftpay(refund, &[])).await })
}

async fn assert_recorded_once(receiver: &Receiver, refund: &str) {
    let query = format!("select * from refunds_v1.refunds where merchant_refund_id = '{refund}'");
    let row = receiver.database.row(&query).await;
    assert_eq!((&row["delivery_count"], &row["event_count"]), (&json!(1), &json!(1)));
    let deliveries = format!(
        "refunds_v1.deliveries where verdict = 'recorded'
           and event_ids = (select array_agg(event_id) from refunds_v1.refund_events
                            where merchant_refund_id = '{refund}')"
    );
    assert_eq!(receiver.database.count(&deliveries).await, 1);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_read_back_and_answered_with_success() {
    let (receiver, mut relay) = start().await;
    let held = receiver.database.hold_commits().await;
    let sent = send(&receiver, "R1");
    receiver.database.until_a_commit_is_held().await;
    relay.lose_answers();
    held.release().await;
    assert!(sent.await.unwrap().is_success());
    relay.has_struck(1).await;
    assert_recorded_once(&receiver, "R1").await;
    assert_eq!(receiver.database.count("refunds_v1.deliveries").await, 2);
}

#[tokio::test]
async fn an_attempt_that_still_runs_in_the_server_is_waited_for_and_not_repeated() {
    let (receiver, relay) = start().await;
    let held = receiver.database.hold_commits().await;
    let sent = send(&receiver, "R1");
    receiver.database.until_a_commit_is_held().await;
    // The service is cut off. Its session in the server still waits.
    relay.cut();
    let second_try = "pg_locks where locktype = 'transactionid' and not granted";
    receiver.database.until_count(second_try, 1).await;
    held.release().await;
    assert!(sent.await.unwrap().is_success());
    assert_recorded_once(&receiver, "R1").await;
    assert_eq!(receiver.database.count("refunds_v1.deliveries").await, 2);
}

#[tokio::test]
async fn a_group_whose_session_is_killed_is_recorded_within_its_deadline() {
    let (receiver, _relay) = start().await;
    let held = receiver.database.hold_commits().await;
    let sent = [send(&receiver, "R1"), send(&receiver, "R2")];
    receiver.database.until_a_commit_is_held().await;
    let waiting = "select pid from pg_stat_activity where application_name = 'refund-inbox'
        and wait_event_type = 'Lock' and datname = current_database()";
    let killed = receiver.database.row(waiting).await["pid"].as_i64().unwrap();
    receiver.database.execute(&format!("select pg_terminate_backend({killed})")).await;
    eventually("another session's try", async || {
        let rows = receiver.database.rows(waiting).await;
        rows.iter().any(|row| row["pid"] != killed)
    })
    .await;
    held.release().await;
    for sent in sent {
        assert!(sent.await.unwrap().is_success());
    }
    for refund in ["R1", "R2"] {
        assert_recorded_once(&receiver, refund).await;
    }
}
