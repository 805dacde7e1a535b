//! The combined result of several notifications: amounts derived from running totals, and one
//! refund in two dialects.

use data_encoding::BASE64;
use refund_providers::crypto::SigningKey;
use refund_providers::wire::form::Pairs;
use refund_providers::wire::percent;
use serde_json::{Value, json};
use testing::client::post;
use testing::fixtures;
use testing::receiver::{Receiver, Setup};

/// An Alipay account with its own key.
struct Alipay {
    key: SigningKey,
    receiver: Receiver,
}

impl Alipay {
    async fn start() -> Self {
        let key = SigningKey::generate().unwrap();
        let account = format!(
            "[accounts.cn]\nprovider = \"alipay\"\napp_id = \"2021\"\n\
             public_keys = [{{ id = \"1\", pem = {} }}]",
            json!(key.public_pem().unwrap())
        );
        let receiver = Setup::usual().await.with(&account).start();
        Self { key, receiver }
    }

    /// Signs and sends these parameters. Requires success.
    async fn send(&self, parameters: &[(&str, &str)]) {
        let mut all = vec![("app_id", "2021"), ("charset", "utf-8"), ("sign_type", "RSA2")];
        all.extend_from_slice(parameters);
        let encode = |pairs: &[(&str, &str)]| {
            let pair = |(name, value): &(&str, &str)| {
                format!("{name}={}", percent::encode(value.as_bytes()))
            };
            pairs.iter().map(pair).collect::<Vec<_>>().join("&")
        };
        let text = Pairs::from_bytes(encode(&all).as_bytes())
            .unwrap()
            .signed_text(&["sign", "sign_type"], true);
        let sign = BASE64.encode(&self.key.sign_sha256(&text).unwrap());
        all.push(("sign", &sign));
        let answer = post(&self.receiver.url("alipay/cn"), &[], encode(&all)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "success"));
    }

    async fn refund(&self, trade_no: &str, out_biz_no: &str, total: &str, second: u8) {
        self.send(&[
            ("trade_no", trade_no),
            ("out_biz_no", out_biz_no),
            ("refund_fee", total),
            ("total_amount", "100.00"),
            ("gmt_refund", &format!("2026-01-01 08:00:{second:02}.000")),
            ("trade_status", "TRADE_SUCCESS"),
        ])
        .await;
    }

    async fn amounts(&self) -> Vec<(String, Option<i64>)> {
        let query = "select merchant_refund_id, amount_minor, flags from refunds_v1.refunds
             order by merchant_refund_id";
        let rows = self.receiver.database.rows(query).await;
        rows.iter()
            .map(|row| {
                assert_eq!(row["flags"], json!(["amount_derived"]));
                (
                    row["merchant_refund_id"].as_str().unwrap().to_owned(),
                    row["amount_minor"].as_i64(),
                )
            })
            .collect()
    }
}

fn expected(amounts: &[(&str, i64)]) -> Vec<(String, Option<i64>)> {
    amounts.iter().map(|(name, amount)| ((*name).to_owned(), Some(*amount))).collect()
}

#[tokio::test]
async fn amounts_follow_from_the_set_of_running_totals_in_any_order() {
    let totals = [("A", "10.00", 1), ("B", "35.50", 2), ("C", "100.00", 3)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let alipay = Alipay::start().await;
        for index in order {
            let (out_biz_no, total, second) = totals[index];
            alipay.refund("T1", out_biz_no, total, second).await;
            // A repeat, and a refund of another trade: neither changes anything.
            alipay.refund("T1", out_biz_no, total, second).await;
        }
        let amounts = expected(&[("A", 1000), ("B", 2550), ("C", 6450)]);
        assert_eq!(alipay.amounts().await, amounts, "{order:?}");
        alipay.refund("T2", "D", "40.00", 4).await;
        let amounts = expected(&[("A", 1000), ("B", 2550), ("C", 6450), ("D", 4000)]);
        assert_eq!(alipay.amounts().await, amounts, "{order:?}");
    }
}

#[tokio::test]
async fn a_smaller_total_that_arrives_late_changes_its_sibling_and_marks_it_as_updated() {
    let alipay = Alipay::start().await;
    alipay.refund("T1", "B", "35.50", 2).await;
    assert_eq!(alipay.amounts().await, expected(&[("B", 3550)]));
    alipay.refund("T1", "A", "10.00", 1).await;
    assert_eq!(alipay.amounts().await, expected(&[("A", 1000), ("B", 2550)]));
    let database = &alipay.receiver.database;
    let counts = "select merchant_refund_id, delivery_count, event_count from refunds_v1.refunds
         order by merchant_refund_id";
    let counts = database.rows(counts).await;
    let counts: Vec<_> =
        counts.iter().map(|row| (&row["delivery_count"], &row["event_count"])).collect();
    assert_eq!(counts, [(&json!(1), &json!(1)), (&json!(1), &json!(2))]);
    // The change of the sibling is in the feed, in the same commit.
    let feed = "select source, merchant_refund_id, amount_minor, effect, delivery_id, recorded_at,
             payload ->> 'derived_from' as derived_from, event_id
         from refunds_v1.refund_events order by seq";
    let feed = database.rows(feed).await;
    let [_, cause, derived] = feed.as_slice() else { panic!("{feed:?}") };
    assert_eq!(
        (&cause["source"], &cause["merchant_refund_id"]),
        (&json!("notification"), &json!("A"))
    );
    assert_eq!(
        (&derived["source"], &derived["merchant_refund_id"]),
        (&json!("derived"), &json!("B"))
    );
    assert_eq!((&derived["amount_minor"], &derived["effect"]), (&json!(2550), &json!("enriched")));
    assert_eq!(derived["derived_from"], cause["event_id"]);
    assert_eq!(derived["delivery_id"], cause["delivery_id"]);
    assert_eq!(derived["recorded_at"], cause["recorded_at"]);
}

#[tokio::test]
async fn the_banks_result_is_a_fact_of_the_refund_in_either_order() {
    for bank_first in [true, false] {
        let alipay = Alipay::start().await;
        let content = json!({
            "trade_no": "T1", "out_trade_no": "O1", "out_request_no": "A", "dback_status": "S",
            "dback_amount": "9.00", "bank_ack_time": "2026-01-02 08:00:00",
        })
        .to_string();
        let bank = [
            ("msg_method", "alipay.trade.refund.depositback.completed"),
            ("version", "1.1"),
            ("biz_content", content.as_str()),
        ];
        if bank_first {
            alipay.send(&bank).await;
            assert_eq!(alipay.amounts().await, expected(&[("A", 900)]));
        }
        alipay.refund("T1", "A", "10.00", 1).await;
        if !bank_first {
            alipay.send(&bank).await;
        }
        assert_eq!(alipay.amounts().await, expected(&[("A", 1000)]));
        let refund = alipay.receiver.database.row("select * from refunds_v1.refunds").await;
        assert_eq!(
            (&refund["status"], &refund["settlement_status"]),
            (&json!("succeeded"), &json!("succeeded"))
        );
        assert_eq!(refund["provider_status"], "TRADE_SUCCESS");
        assert_eq!(refund["settled_at"], "2026-01-02T00:00:00+00:00");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_of_one_order_that_arrive_at_the_same_time_are_derived_together() {
    let alipay = std::sync::Arc::new(Alipay::start().await);
    let mut senders = tokio::task::JoinSet::new();
    for number in 1..=20_u8 {
        let alipay = std::sync::Arc::clone(&alipay);
        senders.spawn(async move {
            let total = format!("{number}.00");
            alipay.refund("T1", &format!("R{number:02}"), &total, number).await;
        });
    }
    senders.join_all().await;
    let amounts = alipay.amounts().await;
    assert_eq!(amounts.len(), 20);
    assert!(amounts.iter().all(|(_, amount)| *amount == Some(100)), "{amounts:?}");
}

#[tokio::test]
async fn a_decrypted_event_never_overrides_a_verified_one() {
    let verified = fixtures::one("wechatpay", "v3_canceled");
    let decrypted = fixtures::one("wechatpay", "v2_succeeded_full");
    assert_eq!(verified.received_at, decrypted.received_at);
    for verified_first in [true, false] {
        let mut account = verified.account.clone();
        account.insert("api_v2_keys".to_owned(), decrypted.account["api_v2_keys"].clone());
        let mut both = fixtures::one("wechatpay", "v3_canceled").clone();
        both.account = account;
        let lines = format!("[accounts.both]\n{}", both.account_toml());
        let mut setup = Setup::usual().await.with(&lines);
        setup.clock = refund_inbox::clock::Clock::fixed(verified.received_at);
        let receiver = setup.start();
        let mut deliveries = [verified, decrypted];
        if !verified_first {
            deliveries.reverse();
        }
        for fixture in deliveries {
            let headers: Vec<(&str, &str)> = fixture
                .request
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let answer = post(&receiver.url("wechatpay/both"), &headers, fixture.body()).await;
            assert_eq!(answer.status, 200, "{}", fixture.full_name());
        }
        let refund = receiver.database.row("select * from refunds_v1.refunds").await;
        let found = (&refund["status"], &refund["authenticity"], &refund["conflicting"]);
        assert_eq!(found, (&json!("canceled"), &json!("verified"), &Value::Bool(true)));
    }
}
