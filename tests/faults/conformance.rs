//! What every receiver of notifications must do, with every provider and the real program.
//!
//! `hazard_28_…` in `tests/service/observability.rs` checks that no field reaches a log line.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use refund_providers::contract::simulation::Scenario;
use refund_providers::provider::registry::{definition, is_credential};
use serde_json::Value;
use testing::client::{CLIENT, send_raw};
use testing::database::Database;
use testing::postgres::Postgres;
use testing::provider_sim::configuration;
use testing::provider_sim::{Notification, ProviderSim, Understood, all};
use testing::relay::{Fate, Relay};
use testing::scenario::{COURSES, RefundScenario, now};
use testing::sender::Sender;
use testing::service::Service;
use testing::waiting::eventually;
use tokio::task::JoinSet;

/// A service on a server of its own.
struct Stage {
    postgres: Postgres,
    service: Service,
    database: Database,
    sender: Sender,
}

impl Stage {
    async fn set(name: &str) -> Self {
        let postgres = Postgres::start_migrated(name).await;
        let configuration = configuration(postgres.url());
        Self::set_with(postgres, &configuration).await
    }

    async fn set_with(postgres: Postgres, configuration: &str) -> Self {
        let service = Service::start(configuration).await;
        let sender = Sender::new(0, vec![service.place()]);
        let database = postgres.content();
        Self { postgres, service, database, sender }
    }

    async fn send(&self, notification: &Notification) -> Understood {
        let (attempt, words) = self.sender.send(notification, 0).await;
        assert_ne!(attempt.understood, Understood::Unexpected, "{words}");
        attempt.understood
    }

    /// Sends, and expects to be acknowledged.
    async fn is_acknowledged(&self, notification: &Notification, when: &str) {
        let understood = self.send(notification).await;
        assert_eq!(understood, Understood::Success, "{} {when}", notification.provider.account());
    }

    /// Sends, and expects to be refused and stored only in quarantine.
    async fn is_refused(&self, notification: &Notification, why: &str) {
        let understood = self.send(notification).await;
        assert_eq!(understood, Understood::Refused, "{} {why}", notification.provider.account());
    }

    async fn count(&self, table: &str, provider: &ProviderSim) -> i64 {
        let account = provider.account();
        self.database.count(&format!("refunds_v1.{table} where account = '{account}'")).await
    }

    /// Panics unless exactly one refund with one event is stored for each provider.
    async fn holds_one_refund_of_each(&self) {
        for provider in all() {
            for table in ["refunds", "refund_events"] {
                assert_eq!(self.count(table, &provider).await, 1, "{} {table}", provider.account());
            }
        }
    }

    /// Sends all these at the same time, from clients that wait no longer than `patience`.
    fn sends_impatiently(&self, notifications: &[Notification], patience: Duration) -> JoinSet<()> {
        let mut under_way = JoinSet::new();
        for notification in notifications {
            let url = self.service.place().public(notification.provider.route());
            let request = CLIENT.post(url).headers(notification.headers.clone());
            let request = request.body(notification.body.clone()).timeout(patience);
            under_way.spawn(async move {
                request.send().await.expect_err("no answer can have come");
            });
        }
        under_way
    }
}

/// Returns a success of each provider.
fn one_of_each() -> Vec<Notification> {
    all().iter().map(|provider| success(provider, "1")).collect()
}

fn success(provider: &Arc<ProviderSim>, serial: &str) -> Notification {
    provider.notification(Scenario::Succeeded, serial, now()).unwrap()
}

#[tokio::test]
async fn a_single_delivery_is_one_refund() {
    let stage = Stage::set("single").await;
    for notification in one_of_each() {
        stage.is_acknowledged(&notification, "alone").await;
    }
    stage.holds_one_refund_of_each().await;
    for delivery in stage.database.rows("select verdict from refunds_v1.deliveries").await {
        assert_eq!(delivery["verdict"], "recorded");
    }
}

#[tokio::test]
async fn repeats_one_after_another_are_acknowledged_and_change_nothing() {
    let stage = Stage::set("repeats").await;
    for notification in one_of_each() {
        for time in ["first", "again", "and again"] {
            stage.is_acknowledged(&notification, time).await;
        }
        assert_eq!(stage.count("deliveries", &notification.provider).await, 3);
    }
    stage.holds_one_refund_of_each().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeats_at_the_same_time_are_acknowledged_and_are_one_event() {
    let stage = Arc::new(Stage::set("concurrent repeats").await);
    let mut under_way = JoinSet::new();
    for notification in one_of_each() {
        for _ in 0..12 {
            let (stage, notification) = (Arc::clone(&stage), notification.clone());
            under_way.spawn(async move { stage.is_acknowledged(&notification, "at once").await });
        }
    }
    under_way.join_all().await;
    stage.holds_one_refund_of_each().await;
    for refund in stage.database.rows("select delivery_count from refunds_v1.refunds").await {
        assert_eq!(refund["delivery_count"], 12);
    }
}

#[tokio::test]
async fn a_scenario_sent_backwards_ends_the_same() {
    let stage = Stage::set("backwards").await;
    for provider in all() {
        for (number, (course, status, conflicting)) in COURSES.iter().enumerate() {
            let serial = format!("s{number}");
            let made = RefundScenario::of_course(&provider, &serial, course, status, *conflicting);
            let Some(scenario) = made else { continue };
            for step in scenario.steps.iter().rev() {
                stage.is_acknowledged(&step.notification, "backwards").await;
            }
            let refund = format!(
                "select status, conflicting, event_count from refund_inbox.refunds
                 where account = '{}' and refund_key = '{}'",
                provider.account(),
                scenario.refund.key
            );
            let refund = stage.database.row(&refund).await;
            let expected = scenario.refund.status;
            assert_eq!(refund["status"], expected, "{} {course:?}", provider.account());
            assert_eq!(refund["conflicting"], *conflicting);
            assert_eq!(refund["event_count"], scenario.steps.len());
        }
    }
}

#[tokio::test]
async fn a_provider_that_got_no_answer_sends_again_and_is_acknowledged() {
    let stage = Stage::set("in vain").await;
    let held = stage.database.hold_commits().await;
    let all = one_of_each();
    stage.sends_impatiently(&all, Duration::from_millis(500)).join_all().await;
    stage.database.until_a_commit_is_held().await;
    held.release().await;
    for notification in all {
        stage.is_acknowledged(&notification, "at the second attempt").await;
    }
    stage.holds_one_refund_of_each().await;
}

#[tokio::test]
async fn a_connection_cut_before_within_or_after_the_body_loses_nothing() {
    let stage = Stage::set("cut").await;
    let address = stage.service.place().addresses().public;
    for notification in one_of_each() {
        let whole = notification.request();
        let body = whole.len() - notification.body.len();
        for end in [body / 2, body, body + notification.body.len() / 2] {
            drop(send_raw(address, &whole[..end]).await);
        }
        stage.is_acknowledged(&notification, "after it was cut off").await;
        // The quarantine has what was cut off; that is no delivery.
        let account = notification.provider.account();
        let delivered =
            format!("refunds_v1.deliveries where account = '{account}' and verdict <> 'refused'");
        assert_eq!(stage.database.count(&delivered).await, 1, "{account}");
        // Now it is whole, and only the answer is lost.
        drop(send_raw(address, &whole).await);
        stage.is_acknowledged(&notification, "after its answer was lost").await;
    }
    stage.holds_one_refund_of_each().await;
}

#[tokio::test]
async fn a_missing_malformed_or_foreign_signature_and_an_altered_body_are_refused() {
    let stage = Stage::set("signatures").await;
    for provider in all() {
        let good = success(&provider, "1");
        stage.is_refused(&with_signature(&good, None), "without a signature").await;
        stage.is_refused(&with_signature(&good, Some("")), "with an empty signature").await;
        stage.is_refused(&with_signature(&good, Some("x!")), "with a malformed signature").await;
        let foreign = provider.notification(Scenario::WrongKey, "1", now()).unwrap();
        stage.is_refused(&foreign, "signed with a foreign key").await;
        let altered = provider.notification(Scenario::Tampered, "1", now()).unwrap();
        stage.is_refused(&altered, "altered after signing").await;
        stage.is_acknowledged(&good, "as it was signed").await;
    }
    stage.holds_one_refund_of_each().await;
    let refused = "refunds_v1.deliveries where verdict = 'refused'";
    let all = i64::try_from(all().len() * 5).unwrap();
    stage.database.until_count(refused, all).await;
}

/// Returns the notification with another signature, or none, where its dialect has it.
fn with_signature(notification: &Notification, other: Option<&str>) -> Notification {
    let mut changed = notification.clone();
    let is_signature = |name: &&http::HeaderName| {
        ["signature", "-sign", "-sig"].iter().any(|end| name.as_str().ends_with(end))
            || is_credential(name)
    };
    if let Some(name) = notification.headers.keys().find(is_signature) {
        match other {
            Some(other) => {
                changed.headers.insert(name, HeaderValue::from_str(other).unwrap());
            }
            None => {
                changed.headers.remove(name);
            }
        }
        return changed;
    }
    let text = std::str::from_utf8(&notification.body).unwrap();
    changed.body = match serde_json::from_str::<Value>(text) {
        Ok(mut json) => {
            // Adyen signs each item; the others sign the body.
            let item = "/notificationItems/0/NotificationRequestItem/additionalData";
            let (place, name) = match json.pointer(item) {
                Some(_) => (item, "hmacSignature"),
                None => ("", "sign"),
            };
            let members = json.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
            members.remove(name).expect("the signature is in the body");
            members.extend(other.map(|other| (name.to_owned(), other.into())));
            json.to_string().into_bytes()
        }
        // WeChat Pay v2: what proves the message is that this text decrypts.
        Err(_) if text.starts_with('<') => {
            let (before, rest) = text.split_once("<req_info>").unwrap();
            let (_, after) = rest.split_once("</req_info>").unwrap();
            let sealed = other.map(|other| format!("<req_info>{other}</req_info>"));
            format!("{before}{}{after}", sealed.unwrap_or_default()).into_bytes()
        }
        Err(_) => {
            let is_unionpay = text.contains("signPubKeyCert=");
            let name = if is_unionpay { "signature=" } else { "sign=" };
            let unsigned = text.split('&').filter(|pair| !pair.starts_with(name));
            let other = other.map(|other| format!("{name}{other}"));
            let pairs: Vec<String> = unsigned.map(str::to_owned).chain(other).collect();
            pairs.join("&").into_bytes()
        }
    };
    assert_ne!(changed.body, notification.body);
    changed
}

/// Only providers that document a window are checked. Others accept a late first notification, and
/// a repeat is harmless.
#[tokio::test]
async fn a_stale_signature_is_refused_if_the_provider_documents_a_window() {
    let stage = Stage::set("stale").await;
    for provider in all() {
        let Some(stale) = provider.notification(Scenario::Stale, "1", now()) else {
            assert_eq!(provider.dialect(), "wechatpay v2", "nothing else signs no time");
            continue;
        };
        if definition(provider.provider()).unwrap().has_window {
            stage.is_refused(&stale, "stale").await;
        } else {
            stage.is_acknowledged(&stale, "old").await;
        }
    }
}

#[tokio::test]
async fn a_broken_body_is_refused_and_an_undocumented_one_is_kept() {
    let stage = Stage::set("malformed").await;
    for provider in all() {
        let mut broken = success(&provider, "1");
        broken.body.pop();
        let is_protected = provider.protects_the_body();
        for why in ["cut short", "empty"] {
            match is_protected {
                true => stage.is_refused(&broken, why).await,
                // Its sender has the token: kept for repair.
                false => stage.is_acknowledged(&broken, why).await,
            }
            broken.body.clear();
        }
        // Its signature is right, so sending it again would not change it.
        let undocumented = provider.notification(Scenario::Malformed, "1", now()).unwrap();
        stage.is_acknowledged(&undocumented, "not as documented").await;
        let account = provider.account();
        let kept =
            format!("refunds_v1.deliveries where account = '{account}' and verdict = 'unreadable'");
        let expected = if is_protected { 1 } else { 3 };
        assert_eq!(stage.database.count(&kept).await, expected, "{account}");
        assert_eq!(stage.count("refunds", &provider).await, 0, "{account}");
    }
}

#[tokio::test]
async fn a_restart_between_two_attempts_loses_nothing() {
    let mut stage = Stage::set("restart").await;
    let held = stage.database.hold_commits().await;
    let all = one_of_each();
    let under_way = stage.sends_impatiently(&all, Duration::from_secs(10));
    stage.database.until_a_commit_is_held().await;
    stage.service.kill().await;
    under_way.join_all().await;
    held.release().await;
    stage.service.start_again().await;
    for notification in all {
        stage.is_acknowledged(&notification, "after a restart").await;
    }
    stage.holds_one_refund_of_each().await;
}

/// The worst moment: everything is stored, and the provider does not know it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_the_commit_and_the_answer_makes_a_duplicate_and_nothing_else() {
    let postgres = Postgres::start_migrated("between").await;
    let relay = Relay::to(postgres.url()).await;
    let reached = configuration(&relay.url);
    let mut stage = Stage::set_with(postgres, &reached).await;
    for notification in one_of_each() {
        relay.set(Fate::AnswerStays);
        let under_way =
            stage.sends_impatiently(std::slice::from_ref(&notification), Duration::from_secs(10));
        eventually("the commit", async || {
            stage.count("refund_events", &notification.provider).await == 1
        })
        .await;
        stage.service.kill().await;
        under_way.join_all().await;
        relay.set(Fate::Arrives);
        stage.service.start_again().await;
        stage.is_acknowledged(&notification, "after the crash").await;
        let verdicts = format!(
            "select verdict from refunds_v1.deliveries where account = '{}' order by received_at",
            notification.provider.account()
        );
        let verdicts = stage.database.rows(&verdicts).await;
        let verdicts: Vec<&Value> = verdicts.iter().map(|row| &row["verdict"]).collect();
        assert_eq!(verdicts, ["recorded", "duplicate"]);
    }
    stage.holds_one_refund_of_each().await;
    drop(stage.postgres);
}
