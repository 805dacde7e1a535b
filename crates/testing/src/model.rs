//! Computes the expected content of a database without the database: a plain fold over the set of
//! all events.

use std::collections::BTreeMap;

use http::HeaderMap;
use refund_inbox::config::ConfiguredAccount;
use refund_inbox::id::{new_id, new_salt};
use refund_inbox::store::{DeliveryRecord, ReceivedDelivery};
use refund_providers::contract::{Delivery, Judgement, Meaning, judge};
use refund_providers::refund::{EventDigest, RefundEvent, fold};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::database::Database;
use crate::notifications::eftpay;
use crate::receiver::{ACCOUNTS, NOW, configuration};

/// Returns the eftPay account of [`ACCOUNTS`].
pub fn account() -> ConfiguredAccount {
    let mut accounts = configuration(ACCOUNTS).accounts;
    let place = accounts.iter().position(|account| account.provider_name == "eftpay").unwrap();
    accounts.swap_remove(place)
}

/// Makes the record of a live delivery with this body.
pub fn record(account: &ConfiguredAccount, body: &str) -> DeliveryRecord {
    let headers = HeaderMap::new();
    let delivery = delivery(&headers, body);
    let Judgement::Authentic(proof, meaning @ Meaning::Refunds(_)) =
        judge(&*account.provider, &delivery)
    else {
        panic!("not a refund: {body}");
    };
    let reply = account.provider.reply(&delivery, meaning.outcome_if_new().answer());
    let received = ReceivedDelivery::new(
        new_id(NOW),
        "eftpay",
        "hk",
        Some("127.0.0.1".into()),
        &delivery,
        new_salt(),
    );
    DeliveryRecord::new(received, &proof, meaning, reply)
}

fn delivery<'a>(headers: &'a HeaderMap, body: &'a str) -> Delivery<'a> {
    Delivery {
        path_and_query: "/notify/eftpay/hk",
        headers,
        redacted: &[],
        body: body.as_bytes(),
        received_at: NOW,
    }
}

/// Makes a notification of a refund. `choice` selects its content.
pub fn notification(refund: &str, choice: u32) -> String {
    const WORDS: [&str; 5] =
        ["TRADE_PROCESSING", "TRADE_REFUND", "TRADE_FAIL", "APPLY_SUCCESS", "invented"];
    const AMOUNTS: [&str; 3] = ["88.50", "88.51", "1.00"];
    let part = |among: u32, after: u32| usize::try_from(choice / after % among).unwrap();
    let minute = part(4, 5);
    let mut changes = vec![
        ("trade_status", json!(WORDS[part(5, 1)])),
        ("gmt_payment", json!(format!("2026-01-20 10:{minute:02}:00"))),
        // Mostly the same amount.
        ("return_amount", json!(AMOUNTS[part(12, 20).saturating_sub(9)])),
    ];
    if part(2, 240) == 1 {
        changes.push(("rejectReason", json!("account closed")));
    }
    eftpay(refund, &changes)
}

/// Everything received so far: for each refund its distinct events and its number of deliveries.
#[derive(Default)]
pub struct Model {
    refunds: BTreeMap<String, (BTreeMap<EventDigest, RefundEvent>, u64)>,
}

impl Model {
    /// Adds one delivery.
    pub fn receive(&mut self, account: &ConfiguredAccount, body: &str) {
        let headers = HeaderMap::new();
        let Judgement::Authentic(_, Meaning::Refunds(events)) =
            judge(&*account.provider, &delivery(&headers, body))
        else {
            panic!("not a refund: {body}");
        };
        for event in events {
            let refund = self.refunds.entry(event.key.as_str().to_owned()).or_default();
            refund.0.insert(event.digest(), event);
            refund.1 += 1;
        }
    }

    /// Panics unless the database holds exactly these refunds, each with the fold of its events as
    /// its state.
    pub async fn check(&self, database: &Database, refunds_like: &str) {
        let query = format!(
            "select refund_key, to_jsonb(refund) as refund from refund_inbox.refunds as refund
             where merchant_refund_id like '{refunds_like}'"
        );
        let mut stored: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for row in database.rows(&query).await {
            let key = row["refund_key"].as_str().unwrap().to_owned();
            let twice = stored.insert(key, row["refund"].as_object().unwrap().clone());
            assert_eq!(twice, None, "one refund is stored in two rows");
        }
        assert!(
            stored.keys().eq(self.refunds.keys()),
            "the stored refunds are not those that were sent"
        );
        for (key, (events, deliveries)) in &self.refunds {
            let row = &stored[key];
            let Value::Object(state) = json!(fold(events.values()).unwrap()) else { panic!() };
            for (field, expected) in state {
                assert_eq!(at_utc(&row[&field]), at_utc(&expected), "{key}: {field}: {row:?}");
            }
            assert_eq!(row["event_count"], events.len(), "{key}");
            assert_eq!(row["delivery_count"], *deliveries, "{key}");
        }
    }
}

/// Returns a time in a form that is equal for equal times, and any other value unchanged.
fn at_utc(value: &Value) -> Value {
    let time = value.as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    time.map_or_else(|| value.clone(), |time| json!(time.unix_timestamp_nanos().to_string()))
}
