//! The ways in which systems like this lose refunds, each by its number. The hazards of the
//! configuration are in `tests/pure`. Those of the whole program are in `observability.rs`,
//! `outcomes.rs`, `recording.rs` and `feed.rs`.

use std::time::Duration;

use serde_json::{Value, json};
use testing::client::{Answer, get, post};
use testing::notifications::{eftpay, paycools, sign_eftpay};
use testing::receiver::{Receiver, Setup};
use testing::waiting::eventually;

async fn refund(receiver: &Receiver) -> serde_json::Map<String, Value> {
    receiver.database.row("select * from refunds_v1.refunds").await
}

#[tokio::test]
async fn hazard_01_no_refusal_and_no_failure_is_ever_a_200() {
    let receiver = Setup::usual().await.start();
    let good = eftpay("R1", &[]);
    let bad = [
        good.replace("88.50", "88.51"),
        good.replace("R1", "R2"),
        good.replace(r#""sign":""#, r#""sign":"0"#),
        good.replace("sign", "sing"),
        "{}".to_owned(),
        "[]".to_owned(),
        String::new(),
        "null".to_owned(),
        "not json".to_owned(),
        good[..good.len() - 1].to_owned(),
    ];
    for body in bad {
        for route in ["eftpay/hk", "paycools/ph"] {
            let answer = receiver.post(route, &body).await;
            assert_eq!(answer.status, 401, "{route} {body}");
            assert!(!answer.body.contains("success"), "{route} {}", answer.body);
        }
    }
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 0);
}

#[tokio::test]
async fn hazard_02_no_success_is_sent_before_the_commit_neither_first_nor_duplicate() {
    let receiver = Setup::usual().await.start();
    let held = receiver.database.hold_commits().await;
    let send = || {
        let url = receiver.url("eftpay/hk");
        tokio::spawn(async move { post(&url, &[], eftpay("R1", &[])).await })
    };
    let first = send();
    receiver.database.until_a_commit_is_held().await;
    let duplicate = send();
    // The duplicate waits behind the first delivery. A wrong success would arrive about now.
    let early = tokio::time::timeout(Duration::from_millis(300), async {
        while !first.is_finished() && !duplicate.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert!(early.await.is_err(), "an answer came before the commit");
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 0);
    held.release().await;
    let answers: Vec<Answer> = vec![first.await.unwrap(), duplicate.await.unwrap()];
    assert!(answers.iter().all(Answer::is_success), "{answers:?}");
    assert_eq!(refund(&receiver).await["delivery_count"], 2);
}

#[tokio::test]
async fn hazard_02_a_commit_that_does_not_come_in_time_is_no_success() {
    let receiver = Setup::usual().await.with("[recording]\ndeadline_ms = 200").start();
    let held = receiver.database.hold_commits().await;
    let answer = receiver.post("paycools/ph", &paycools("R1", &[])).await;
    assert_eq!(answer.status, 503);
    held.release().await;
}

#[tokio::test]
async fn hazard_04_the_same_delivery_three_times_has_the_same_success_bytes() {
    let receiver = Setup::usual().await.start();
    for (route, body) in [("eftpay/hk", eftpay("R1", &[])), ("paycools/ph", paycools("R1", &[]))] {
        let first = receiver.post(route, &body).await;
        assert!(first.is_success());
        for _ in 0..2 {
            assert_eq!(receiver.post(route, &body).await, first);
        }
    }
}

#[tokio::test]
async fn hazard_05_a_refund_without_an_earlier_notice_is_stored_and_visible() {
    let receiver = Setup::usual().await.start();
    assert!(receiver.post("eftpay/hk", &eftpay("from-the-dashboard", &[])).await.is_success());
    let refund = refund(&receiver).await;
    assert_eq!(refund["merchant_refund_id"], "from-the-dashboard");
    assert_eq!(refund["status"], "succeeded");
    assert_eq!(refund["amount_minor"], 8850);
    assert_eq!(refund["order_amount_minor"], 18_800);
}

#[tokio::test]
async fn hazard_06_pending_after_succeeded_changes_nothing_and_is_kept() {
    let receiver = Setup::usual().await.start();
    // By the provider's time it is the older one. A newer one would reopen the refund.
    let earlier = ("gmt_payment", json!("2020-01-19 10:35:34"));
    receiver.post("eftpay/hk", &eftpay("R1", &[])).await;
    let before = refund(&receiver).await;
    let pending = eftpay("R1", &[("trade_status", json!("TRADE_PROCESSING")), earlier]);
    assert!(receiver.post("eftpay/hk", &pending).await.is_success());
    let after = refund(&receiver).await;
    assert_eq!(after["status"], "succeeded");
    assert_eq!(after["updated_at"], before["updated_at"]);
    assert_eq!(after["event_count"], 2);
    let newest = "select * from refunds_v1.refund_events order by seq desc limit 1";
    let event = receiver.database.row(newest).await;
    assert_eq!(
        (event["status"].as_str(), event["effect"].as_str()),
        (Some("pending"), Some("none"))
    );
}

#[tokio::test]
async fn hazard_07_a_late_final_state_is_accepted_and_contradictions_are_flagged() {
    let receiver = Setup::usual().await.start();
    let at = |time: &str| ("gmt_payment", json!(time));
    let failed = eftpay("R1", &[("trade_status", json!("TRADE_FAIL")), at("2020-01-01 00:00:00")]);
    receiver.post("eftpay/hk", &failed).await;
    receiver.post("eftpay/hk", &eftpay("R1", &[at("2026-01-20 10:35:34")])).await;
    let refund = refund(&receiver).await;
    assert_eq!(
        (refund["status"].as_str(), &refund["conflicting"]),
        (Some("succeeded"), &json!(true))
    );
}

#[tokio::test]
async fn hazard_08_two_final_states_of_one_second_resolve_by_rank_in_either_order() {
    let (succeeded, failed) = ("TRADE_REFUND", "TRADE_FAIL");
    for order in [[succeeded, failed], [failed, succeeded]] {
        let receiver = Setup::usual().await.start();
        for word in order {
            receiver.post("eftpay/hk", &eftpay("R1", &[("trade_status", json!(word))])).await;
        }
        let refund = refund(&receiver).await;
        assert_eq!(refund["status"], "failed", "{order:?}");
        assert_eq!(refund["conflicting"], true);
    }
}

#[tokio::test]
async fn hazard_11_an_unreadable_first_attempt_does_not_block_its_repair() {
    let receiver = Setup::usual().await.start();
    let unreadable = eftpay("R1", &[("refund_no", json!(null))]);
    assert!(receiver.post("eftpay/hk", &unreadable).await.is_success());
    assert_eq!(receiver.database.count("refunds_v1.refunds").await, 0);
    assert!(receiver.post("eftpay/hk", &eftpay("R1", &[])).await.is_success());
    assert_eq!(refund(&receiver).await["status"], "succeeded");
}

#[tokio::test]
async fn hazard_13_absent_empty_and_repeated_signatures_are_refused() {
    let receiver = Setup::usual().await.start();
    for (route, good) in [("eftpay/hk", eftpay("R1", &[])), ("paycools/ph", paycools("R1", &[]))] {
        let mut members: serde_json::Map<String, Value> = serde_json::from_str(&good).unwrap();
        let sign = members.remove("sign").unwrap();
        let absent = serde_json::to_string(&members).unwrap();
        members.insert("sign".to_owned(), json!(""));
        let empty = serde_json::to_string(&members).unwrap();
        let repeated = format!("{},\"sign\":{sign}}}", &good[..good.len() - 1]);
        for body in [absent, empty, repeated] {
            assert_eq!(receiver.post(route, &body).await.status, 401, "{body}");
        }
    }
}

#[tokio::test]
async fn hazard_14_white_space_and_order_of_keys_do_not_change_a_verdict() {
    let receiver = Setup::usual().await.start();
    let body = eftpay("R1", &[("total_fee", json!("188.0"))]);
    let members: serde_json::Map<String, Value> = serde_json::from_str(&body).unwrap();
    let pretty = serde_json::to_string_pretty(&members).unwrap();
    let reversed: Vec<String> =
        members.iter().rev().map(|(name, value)| format!("{} : {value}", json!(name))).collect();
    let reversed = format!("\r\n{{ {} }}\t", reversed.join(" ,\n"));
    for body in [body, pretty, reversed] {
        assert!(receiver.post("eftpay/hk", &body).await.is_success(), "{body}");
    }
    assert_eq!(refund(&receiver).await["event_count"], 1);
}

#[tokio::test]
async fn hazard_15_a_repeated_field_is_refused_regardless_of_the_value_that_was_signed() {
    let receiver = Setup::usual().await.start();
    let good = eftpay("R1", &[]);
    let inner = &good[1..good.len() - 1];
    for body in [
        format!("{{\"return_amount\":\"1.00\",{inner}}}"),
        format!("{{{inner},\"return_amount\":\"1.00\"}}"),
        format!("{{{inner},\"return_amount\":\"88.50\"}}"),
    ] {
        assert_eq!(receiver.post("eftpay/hk", &body).await.status, 401, "{body}");
    }
}

#[tokio::test]
async fn hazard_17_a_retry_after_the_client_gave_up_during_a_slow_commit_is_a_duplicate() {
    let receiver = Setup::usual().await.start();
    let held = receiver.database.hold_commits().await;
    let url = receiver.url("eftpay/hk");
    let impatient = tokio::spawn(async move { post(&url, &[], eftpay("R1", &[])).await });
    receiver.database.until_a_commit_is_held().await;
    impatient.abort();
    let _ = impatient.await;
    held.release().await;
    receiver.database.until_count("refunds_v1.refunds", 1).await;
    assert!(receiver.post("eftpay/hk", &eftpay("R1", &[])).await.is_success());
    let newest = "select * from refunds_v1.deliveries order by delivery_id desc limit 1";
    assert_eq!(receiver.database.row(newest).await["verdict"], "duplicate");
    assert_eq!(refund(&receiver).await["event_count"], 1);
}

#[tokio::test]
async fn hazard_24_an_unknown_status_is_stored_as_unknown_acknowledged_and_counted() {
    let receiver = Setup::usual().await.with(
        "[accounts.limbo]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\n\
         secrets = [\"testsignkey1234\"]",
    );
    let receiver = receiver.start();
    let body = eftpay("R1", &[("trade_status", json!("TRADE_LIMBO"))]);
    assert!(receiver.post("eftpay/limbo", &body).await.is_success());
    let refund = refund(&receiver).await;
    assert_eq!(refund["status"], "unknown");
    assert_eq!(refund["provider_status"], "TRADE_LIMBO");
    let counted = r#"refund_inbox_unknown_status_total{provider="eftpay",account="limbo"} 1"#;
    eventually("the metric", async || {
        get(&receiver.operator("/metrics")).await.body.contains(counted)
    })
    .await;
}

#[tokio::test]
async fn hazard_26_verification_goes_on_while_the_database_is_held() {
    let receiver = Setup::usual().await.start();
    let held = receiver.database.hold_commits().await;
    let url = receiver.url("eftpay/hk");
    let waiting = tokio::spawn(async move { post(&url, &[], eftpay("R1", &[])).await });
    receiver.database.until_a_commit_is_held().await;
    let forged = eftpay("R1", &[]).replace("88.50", "88.51");
    assert_eq!(receiver.post("eftpay/hk", &forged).await.status, 401);
    assert!(!waiting.is_finished());
    held.release().await;
    assert!(waiting.await.unwrap().is_success());
}

#[tokio::test]
async fn hazard_29_old_and_new_secret_verify_and_a_removed_one_does_not() {
    let account = |secrets: &str| {
        format!(
            "[accounts.rotating]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\n\
             secrets = {secrets}"
        )
    };
    let signed_with = |secret| {
        let body: serde_json::Map<String, Value> =
            serde_json::from_str(&eftpay("R1", &[])).unwrap();
        let unsigned = body.into_iter().filter(|(name, _)| name != "sign").collect();
        sign_eftpay(unsigned, secret)
    };
    let both = Setup::usual().await.with(&account(r#"["new", "old"]"#)).start();
    for secret in ["new", "old"] {
        assert!(both.post("eftpay/rotating", &signed_with(secret)).await.is_success(), "{secret}");
    }
    let keys = "select distinct key_id from refunds_v1.deliveries";
    assert_eq!(both.database.rows(keys).await.len(), 2, "each delivery names its key");
    let only_new = Setup::usual().await.with(&account(r#"["new"]"#)).start();
    assert!(only_new.post("eftpay/rotating", &signed_with("new")).await.is_success());
    assert_eq!(only_new.post("eftpay/rotating", &signed_with("old")).await.status, 401);
}

#[tokio::test]
async fn hazard_32_the_account_comes_from_the_route_alone_and_the_body_must_agree() {
    let other = "[accounts.other]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0009999\"\n\
         secrets = [\"testsignkey1234\"]";
    let receiver = Setup::usual().await.with(other).start();
    let body = eftpay("R1", &[]);
    assert_eq!(receiver.post("eftpay/other", &body).await.status, 401);
    let headers = [("x-account", "hk"), ("x-tenant", "hk"), ("forwarded", "host=hk")];
    let url = receiver.url("eftpay/other?account=hk");
    assert_eq!(post(&url, &headers, body.clone()).await.status, 401);
    receiver.database.until_count("refunds_v1.deliveries", 2).await;
    let reasons = "select distinct reason from refunds_v1.deliveries";
    assert_eq!(receiver.database.row(reasons).await["reason"], "wrong_account");
    assert!(receiver.post("eftpay/hk?account=other", &body).await.is_success());
}
