//! Single-use tokens, such as PayPal's transmission ids: the first delivery that is recorded with
//! one binds it to its body, whichever instance records it. Another body is refused.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use refund_inbox::account::Accounts;
use refund_inbox::config::ConfiguredAccount;
use refund_inbox::replay::{Fate, Mode, Replay};
use refund_inbox::store::{DeliveryRecord, KeptFilter, Store, StoreError};
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder, Subject};
use refund_providers::contract::{Outcome, Refusal};
use refund_providers::crypto::SigningKey;
use serde_json::json;
use testing::client::{Answer, get, post};
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres::{self, store_of};
use testing::receiver::{NOW, Receiver, Setup, configuration};
use tokio::task::JoinSet;

use crate::recording::{fresh, record_all};

const ROUTE: &str = "paypal/shop";

/// PayPal's account, and the key that signs as PayPal.
struct PayPal {
    key: SigningKey,
    configuration: String,
    account: ConfiguredAccount,
}

impl PayPal {
    fn new() -> Self {
        let key = SigningKey::generate().unwrap();
        let configuration = Self::with(&format!(
            "[{{ id = \"CERT-1\", pem = \"\"\"\n{}\"\"\" }}]",
            key.public_pem().unwrap()
        ));
        let account = testing::receiver::configuration(&configuration).accounts.remove(0);
        Self { key, configuration, account }
    }

    fn with(certificates: &str) -> String {
        format!(
            "[accounts.shop]\nprovider = \"paypal\"\nenvironment = \"live\"\n\
             webhook_ids = [\"W\"]\ncertificates = {certificates}\n"
        )
    }

    /// An account with another certificate than the one that signs.
    fn without_certificate() -> String {
        let other = SigningKey::generate().unwrap().public_pem().unwrap();
        Self::with(&format!("[{{ id = \"CERT-0\", pem = \"\"\"\n{other}\"\"\" }}]"))
    }

    /// The notification of a success, or another body under the same headers.
    fn notification(&self, scenario: Scenario, serial: &str) -> Simulated {
        let order = SimulationOrder {
            scenario,
            now: NOW,
            serial,
            subject: Subject::default(),
            path: "/",
            signing_key: Some(&self.key),
        };
        self.account.provider.simulate(&order).unwrap()
    }
}

async fn send(receiver: &Receiver, simulated: &Simulated) -> Answer {
    let headers: Vec<(&str, &str)> =
        simulated.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(&receiver.url(ROUTE), &headers, simulated.body.clone()).await
}

#[tokio::test]
async fn a_transmission_that_comes_again_with_another_body_is_refused_and_quarantined() {
    let paypal = PayPal::new();
    let receiver = Setup::usual().await.with(&paypal.configuration).start();
    let genuine = paypal.notification(Scenario::Succeeded, "R1");
    let forged = paypal.notification(Scenario::Own("crc-forged"), "R1");
    assert_eq!(genuine.headers, forged.headers);
    assert_ne!(genuine.body, forged.body);

    for _ in 0..2 {
        let answer = send(&receiver, &genuine).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    }
    let answer = send(&receiver, &forged).await;
    assert_eq!((answer.status, answer.body.as_str()), (401, r#"{"error":"invalid signature"}"#));

    let database = &receiver.database;
    let refused = "refunds_v1.deliveries where verdict = 'refused'";
    database.until_count(refused, 1).await;
    let kept = database.row(&format!("select * from {refused}")).await;
    assert_eq!(kept["reason"], "transmission_reused");
    assert_eq!(kept["response_status"], 401);
    assert_eq!(kept["body_bytes"], json!(forged.body.len()));
    let refund = database.row("select * from refunds_v1.refunds").await;
    assert_eq!((&refund["amount_minor"], &refund["delivery_count"]), (&json!(8850), &json!(2)));
    assert_eq!(refund["authenticity"], "checksum");
    let metrics = get(&receiver.operator("/metrics")).await.body;
    let counted = "verdict=\"refused\",reason=\"transmission_reused\"} ";
    assert!(metrics.contains(counted), "{metrics}");

    // The genuine one is still welcome.
    assert_eq!(send(&receiver, &genuine).await.status, 200);
}

#[tokio::test]
async fn a_forgery_with_the_headers_of_an_unseen_delivery_is_recorded_with_a_low_grade_and_flagged()
{
    let paypal = PayPal::new();
    let receiver = Setup::usual().await.with(&paypal.configuration).start();
    let forged = paypal.notification(Scenario::Own("crc-forged"), "R1");
    assert_eq!(send(&receiver, &forged).await.status, 200);
    let refund = receiver.database.row("select * from refunds_v1.refunds").await;
    assert_eq!(refund["authenticity"], "checksum");
    assert_eq!(refund["flags"], json!(["unusual_white_space"]));
    let metrics = get(&receiver.operator("/metrics")).await.body;
    let counted = "refund_inbox_flagged_events_total{provider=\"paypal\",account=\"shop\",\
                   flag=\"unusual_white_space\"}";
    assert!(metrics.contains(counted), "{metrics}");
    // The first body keeps the transmission, whichever it is.
    assert_eq!(send(&receiver, &paypal.notification(Scenario::Succeeded, "R1")).await.status, 401);
}

async fn replayed(database: &Database, lines: &str, mode: Mode) -> Vec<Fate> {
    let accounts = Accounts::new(configuration(lines).accounts);
    let recording = configuration("[recording]\ndeadline_ms = 60000").recording;
    let store = store_of(database);
    let replay = Replay {
        accounts: &accounts,
        store: &store,
        recording: &recording,
        began: NOW + time::Duration::DAY,
        mode,
    };
    let mut fates = Vec::new();
    let report = |replayed: refund_inbox::replay::Replayed| {
        fates.push(replayed.fate);
        Ok::<(), StoreError>(())
    };
    replay.run(&KeptFilter::default(), None, report).await.unwrap();
    fates
}

#[tokio::test]
async fn a_replay_binds_and_respects_transmissions_as_a_live_delivery_does() {
    let paypal = PayPal::new();
    let refusing = Setup::usual().await.with(&PayPal::without_certificate()).start();
    let genuine = paypal.notification(Scenario::Succeeded, "R1");
    let forged = paypal.notification(Scenario::Own("crc-forged"), "R1");
    let unknown = "refunds_v1.deliveries where reason = 'unknown_certificate:CERT-1'";
    for (count, notification) in (1..).zip([&genuine, &forged, &genuine]) {
        assert_eq!(send(&refusing, notification).await.status, 401);
        refusing.database.until_count(unknown, count).await;
    }
    // The operator pins the certificate. The deliveries are judged in the order of their receipt.
    let database = &refusing.database;
    let outcome = |fate: &Fate| match fate {
        Fate::Recorded(new) => Ok(new.outcome),
        Fate::Refused(refusal) => Err(*refusal),
        other => panic!("{other:?}"),
    };
    let expected =
        [Ok(Outcome::Recorded), Err(Refusal::TransmissionReused), Ok(Outcome::Duplicate)];
    for mode in [Mode::DryRun, Mode::Apply] {
        let fates = replayed(database, &paypal.configuration, mode).await;
        assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), expected, "{mode:?}");
    }
    assert_eq!(database.row("select * from refunds_v1.refunds").await["amount_minor"], 8850);

    // The refused one stays, and is refused again.
    assert_eq!(database.count("refund_inbox.replays").await, 2);
    for mode in [Mode::DryRun, Mode::Apply] {
        let fates = replayed(database, &paypal.configuration, mode).await;
        assert_eq!(fates, [Fate::Refused(Refusal::TransmissionReused)], "{mode:?}");
    }
    assert_eq!(database.count("refunds_v1.deliveries where verdict <> 'refused'").await, 2);
}

/// A delivery of the property: its content, its token, if it has one, and its account.
#[derive(Clone, Copy, Debug)]
struct Sent {
    content: u8,
    token: Option<u8>,
    is_of_other_account: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    let token = prop::option::weighted(0.8, 0..3_u8);
    (0..4_u8, token, prop::bool::weighted(0.2)).prop_map(|(content, token, is_of_other_account)| {
        Sent { content, token, is_of_other_account }
    })
}

/// The groups of several instances, each of which records one group after the other.
fn instances() -> impl Strategy<Value = Vec<Vec<Vec<Sent>>>> {
    let group = prop::collection::vec(sent(), 1..8);
    prop::collection::vec(prop::collection::vec(group, 1..4), 2..5)
}

impl Sent {
    fn record(self, account: &ConfiguredAccount, case: u32) -> DeliveryRecord {
        let body = eftpay(
            &format!("case{case}-{}", self.content % 2),
            &[("return_amount", json!(format!("{}.00", self.content)))],
        );
        let mut record = record(account, &body);
        if self.is_of_other_account {
            record.received.account = "other".to_owned();
        }
        let [a, b, c, d] = case.to_be_bytes();
        record.single_use_token = self.token.map(|token| {
            let mut digest = [token; 32];
            digest[..4].copy_from_slice(&[a, b, c, d]);
            digest
        });
        record
    }
}

/// What became of a delivery with a token: the account, the token, the body and the outcome.
type Told = ((String, [u8; 32]), [u8; 32], Outcome);

#[test]
fn under_concurrency_each_token_has_one_body_and_exactly_the_others_are_refused() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let url = runtime.block_on(postgres::shared().database());
    let database = runtime.block_on(async { Database::new(&url) });
    // Each has a pool of its own, as another process has.
    let stores: Vec<Store> =
        runtime.block_on(async { (0..4).map(|_| postgres::store(&url)).collect() });
    let account = account();
    let (cases, refusals) = (AtomicU32::new(0), AtomicU32::new(0));
    let mut runner = TestRunner::new(Config::with_cases(60));
    runner
        .run(&instances(), |instances| {
            let case = cases.fetch_add(1, Ordering::Relaxed);
            runtime.block_on(async {
                let told = record_at_once(&stores, &account, case, &instances).await;
                let mut body_of = BTreeMap::new();
                let refused = told.iter().filter(|(_, _, outcome)| *outcome == Outcome::Refused);
                refusals.fetch_add(u32::try_from(refused.count()).unwrap(), Ordering::Relaxed);
                for (token, body, outcome) in &told {
                    if *outcome != Outcome::Refused {
                        let bound = body_of.entry(token.clone()).or_insert(*body);
                        assert_eq!(bound, body, "two bodies were recorded with one token");
                    }
                }
                for (token, body, outcome) in &told {
                    let bound = body_of.get(token).expect("one body of each token is recorded");
                    assert_eq!(*outcome == Outcome::Refused, bound != body);
                }
                check_rows(&database, case, &body_of).await;
            });
            Ok(())
        })
        .unwrap();
    assert!(refusals.into_inner() > 100, "the property was hardly tested");
}

/// Lets each instance record its groups at the same time. Checks that every delivery without a token
/// is recorded. Returns what became of the others.
async fn record_at_once(
    stores: &[Store],
    account: &ConfiguredAccount,
    case: u32,
    instances: &[Vec<Vec<Sent>>],
) -> Vec<Told> {
    let mut tasks = JoinSet::new();
    for (groups, store) in instances.iter().zip(stores) {
        let groups: Vec<Vec<DeliveryRecord>> = groups
            .iter()
            .map(|group| group.iter().map(|sent| sent.record(account, case)).collect())
            .collect();
        let store = store.clone();
        tasks.spawn(async move {
            let mut told = Vec::new();
            for group in groups {
                let outcomes = loop {
                    match record_all(&store, &group).await {
                        Ok(outcomes) => break outcomes,
                        Err(error) => assert!(error.kind().is_transient(), "{error}"),
                    }
                };
                assert_eq!(outcomes.len(), group.len());
                for (record, outcome) in group.iter().zip(outcomes) {
                    let received = &record.received;
                    match record.single_use_token {
                        None => assert_ne!(outcome, Outcome::Refused),
                        Some(token) => told.push((
                            (received.account.clone(), token),
                            received.body_sha256,
                            outcome,
                        )),
                    }
                }
            }
            told
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// Checks the table of tokens against what the callers were told.
async fn check_rows(
    database: &Database,
    case: u32,
    body_of: &BTreeMap<(String, [u8; 32]), [u8; 32]>,
) {
    let prefix = data_encoding::HEXLOWER.encode(&case.to_be_bytes());
    let rows = database
        .rows(&format!(
            "select account, encode(token_sha256, 'hex') as token, encode(body_sha256, 'hex') as body
             from refund_inbox.used_tokens where encode(token_sha256, 'hex') like '{prefix}%'"
        ))
        .await;
    assert_eq!(rows.len(), body_of.len());
    for ((account, token), body) in body_of {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        let is_row = |row: &&serde_json::Map<String, serde_json::Value>| {
            row["account"] == account.as_str() && row["token"] == hex(token)
        };
        assert_eq!(rows.iter().find(is_row).unwrap()["body"], hex(body));
    }
}

#[tokio::test]
async fn of_one_group_the_first_body_of_a_token_counts_and_a_stored_one_before_it() {
    let (store, database) = fresh().await;
    let account = account();
    let sent =
        |content, token| Sent { content, token, is_of_other_account: false }.record(&account, 0);
    let (recorded, refused, duplicate) = (Outcome::Recorded, Outcome::Refused, Outcome::Duplicate);
    let group =
        [sent(0, Some(1)), sent(1, Some(1)), sent(0, Some(1)), sent(2, Some(2)), sent(3, None)];
    let outcomes = record_all(&store, &group).await.unwrap();
    assert_eq!(outcomes, [recorded, refused, duplicate, recorded, recorded]);
    // A forgery in front does not take a genuine repeat with it.
    let group = [sent(1, Some(1)), sent(0, Some(1))];
    assert_eq!(record_all(&store, &group).await.unwrap(), [refused, duplicate]);
    let group = [sent(3, Some(2))];
    assert_eq!(record_all(&store, &group).await.unwrap(), [refused]);
    assert_eq!(database.count("refunds_v1.deliveries").await, 5);

    // A group that is not committed claims nothing.
    let mut poisoned = sent(1, Some(3));
    poisoned.received.headers = "no JSON".to_owned();
    record_all(&store, &[sent(0, Some(4)), poisoned]).await.unwrap_err();
    assert_eq!(database.count("refund_inbox.used_tokens").await, 2);
}

#[tokio::test]
async fn only_a_recorded_delivery_binds_its_transmission() {
    let paypal = PayPal::new();
    let receiver = Setup::usual().await.with(&paypal.configuration).start();
    let tampered = paypal.notification(Scenario::Tampered, "R1");
    let genuine = paypal.notification(Scenario::Succeeded, "R1");
    assert_eq!(tampered.headers, genuine.headers);
    assert_eq!(send(&receiver, &tampered).await.status, 401);
    assert_eq!(receiver.database.count("refund_inbox.used_tokens").await, 0);
    assert_eq!(send(&receiver, &genuine).await.status, 200);
    assert_eq!(receiver.database.count("refund_inbox.used_tokens").await, 1);
}
