//! Which of several servers the service writes to, one request at a time.

use std::net::TcpListener;
use std::time::Instant;

use testing::client::{Answer, post};
use testing::notifications::eftpay;
use testing::postgres::{Pair, Postgres};
use testing::service::Service;
use testing::waiting::eventually;

use crate::instance;
use crate::load::LONGEST_ANSWER;

/// Sends a refund, which must be answered in time.
async fn send(service: &Service, refund: &str) -> Answer {
    let began = Instant::now();
    let json = [("content-type", "application/json")];
    let answer = post(&instance::url(service), &json, eftpay(refund, &[])).await;
    assert!(began.elapsed() < LONGEST_ANSWER, "{refund}: {:?}", began.elapsed());
    assert!(matches!(answer.status, 200 | 503), "{refund}: {answer:?}");
    answer
}

/// Sends a refund until it is acknowledged.
async fn send_until_success(service: &Service, refund: &str) {
    eventually(refund, async || send(service, refund).await.is_success()).await;
}

/// Returns whether the server has this refund.
async fn holds(postgres: &Postgres, refund: &str) -> bool {
    let found = format!("refunds_v1.refunds where merchant_refund_id = '{refund}'");
    postgres.content().count(&found).await > 0
}

/// Returns whether the service has connections to this server.
async fn is_connected(postgres: &Postgres) -> bool {
    let sessions = "pg_stat_activity where application_name = 'refund-inbox'";
    postgres.content().count(sessions).await > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_became_a_standby_or_read_only_is_abandoned_and_not_written_to() {
    let pair = Pair::start().await;
    let service = instance::start(&pair.url(), "").await;
    assert!(send(&service, "R1").await.is_success());

    // Without a write the service does not notice the change; its next new connection does.
    pair.primary.stop().await;
    pair.standby.promote().await;
    pair.make_the_former_primary_a_standby().await;
    send_until_success(&service, "R2").await;
    assert!(holds(&pair.standby, "R2").await);
    let tried = service.said().into_iter().find(|line| line.contains("25006"));
    assert_eq!(tried, None, "the service wrote to a standby");

    // Sessions that could write turn read-only while the service holds them.
    pair.standby.run("alter system set default_transaction_read_only = on").await;
    pair.standby.run("select pg_reload_conf()").await;
    eventually("a refusal", async || !send(&service, "R3").await.is_success()).await;
    pair.primary.promote().await;
    send_until_success(&service, "R4").await;
    assert!(holds(&pair.primary, "R4").await && !holds(&pair.standby, "R4").await);
    eventually("the end of connections", async || !is_connected(&pair.standby).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_hangs_is_abandoned_and_not_used_again_when_it_wakes() {
    let pair = Pair::start().await;
    let service = instance::start(&pair.url(), "").await;
    assert!(send(&service, "R1").await.is_success());

    pair.primary.freeze();
    pair.standby.promote().await;
    let promoted = Instant::now();
    send_until_success(&service, "R2").await;
    println!("back {} ms after the promotion", promoted.elapsed().as_millis());
    assert!(promoted.elapsed() < LONGEST_ANSWER, "{:?}", promoted.elapsed());

    // After it wakes, it still calls itself a primary to every client that asks it first.
    pair.primary.thaw();
    let held = pair.standby.content().hold_commits().await;
    assert!(!send(&service, "R3").await.is_success());
    held.release().await;
    send_until_success(&service, "R3").await;
    for refund in ["R2", "R3"] {
        assert!(holds(&pair.standby, refund).await && !holds(&pair.primary, refund).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_never_answers_takes_no_more_than_its_share_of_the_deadline() {
    let postgres = Postgres::start("alone").await;
    // This host accepts connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for (refund, wanted) in [("R1", ""), ("R2", "&target_session_attrs=primary")] {
        let url = format!(
            "postgres://refund_inbox@{},{}/refund_inbox?sslmode=disable{wanted}",
            silent.local_addr().unwrap(),
            postgres.host(),
        );
        let service = instance::start(&url, "").await;
        assert!(send(&service, refund).await.is_success());
        // A command that only reads also begins with the first host.
        let shown = service.command(&["refunds", "show", refund]).output().unwrap();
        assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    }
}
