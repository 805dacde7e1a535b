//! Encryption at rest: bodies and headers are sealed in the database, and everything that reads them
//! still works.

use data_encoding::HEXLOWER;
use nix::sys::signal::Signal;
use refund_inbox::config::{AtRestSettings, WrappingKey};
use refund_inbox::store::{Erasure, KeptFilter, Store};
use refund_providers::crypto::hash::sha256;
use serde_json::json;
use testing::client::post;
use testing::database::Database;
use testing::dump;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres;
use testing::program::run_command;
use testing::receiver::NOW;
use testing::service::{Service, usual};
use uuid::Uuid;

/// Throw-away keys.
const KEYS: [&str; 3] = [
    "VGhyb3dBd2F5QXRSZXN0S2V5LTEtMDEyMzQ1Njc4OWE=",
    "VGhyb3dBd2F5QXRSZXN0S2V5LTItMDEyMzQ1Njc4OWE=",
    "VGhyb3dBd2F5QXRSZXN0S2V5LTMtMDEyMzQ1Njc4OWE=",
];

const BODY: &str = "canary-in-a-body";
const HEADER: &str = "canary-in-a-header";

fn keys(keys: &[&str]) -> AtRestSettings {
    let key = |key: &&str| WrappingKey::try_from((*key).to_owned()).unwrap();
    AtRestSettings { keys: keys.iter().map(key).collect() }
}

fn at_rest(keys: &[&str]) -> String {
    let token = HEXLOWER.encode(&sha256(b"auditor"));
    let token = format!("[{{ name = \"a\", sha256 = \"{token}\", role = \"auditor\" }}]");
    format!("[at_rest]\nkeys = {}\n[operator]\ntokens = {token}\n", json!(keys))
}

async fn output(service: &Service, arguments: &[&str]) -> String {
    let ran = run_command(service.command(arguments)).await;
    assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
    ran.out + &ran.err
}

async fn end(service: Service) {
    service.signal(Signal::SIGTERM);
    service.end().await;
}

async fn id_of(database: &Database, from: &str) -> String {
    let row = database.row(&format!("select delivery_id from refund_inbox.{from}")).await;
    row["delivery_id"].as_str().unwrap().to_owned()
}

/// Sends a refund, a message without a refund's number and a forgery. Returns their ids.
async fn received(service: &Service, database: &Database, refund: &str) -> [String; 3] {
    let url = format!("http://{}/notify/eftpay/hk", service.addresses().0);
    let headers = [("x-canary", HEADER)];
    let canary = |refund: &str| eftpay(refund, &[("canary", json!(BODY))]);
    post(&url, &headers, canary(refund)).await;
    post(&url, &headers, canary("")).await;
    let refused = database.count("refund_inbox.refused_deliveries").await;
    post(&url, &headers, canary(refund).replace("88.50", "88.51")).await;
    database.until_count("refund_inbox.refused_deliveries", refused + 1).await;
    let newest = "order by delivery_id desc limit 1";
    [
        id_of(database, &format!("deliveries where verdict = 'recorded' {newest}")).await,
        id_of(database, &format!("deliveries where verdict = 'unreadable' {newest}")).await,
        id_of(database, &format!("refused_deliveries {newest}")).await,
    ]
}

#[tokio::test]
async fn a_dump_opens_nothing_and_every_reader_works_with_the_key() {
    let (configuration, database) = usual().await;
    let service = Service::start(&format!("{}{configuration}", at_rest(&KEYS[..1]))).await;
    let ids = received(&service, &database, "R-sealed-1").await;
    // The payload of an event is not sealed: consumers read it.
    let cleared = "update refund_inbox.refund_events set payload = '{}'";
    database.execute(cleared).await;
    let dumped = dump::rows(database.url());
    assert!(dumped.contains("R-sealed-1"), "ids are there");
    for canary in [BODY, HEADER] {
        assert!(!dumped.contains(canary), "{canary}");
    }
    let sizes = "refund_inbox.deliveries where body_bytes + 28 < octet_length(body)";
    assert_eq!(database.count(sizes).await, 2, "body_bytes is the size that was received");

    for id in &ids {
        let shown = output(&service, &["deliveries", "show", id]).await;
        assert!(shown.contains(BODY) && shown.contains(HEADER), "{shown}");
        let client = reqwest::Client::new();
        let url = format!("http://{}/api/v1/deliveries/{id}/body", service.addresses().1);
        let body = client.get(url).bearer_auth("auditor").send().await.unwrap();
        let body = body.text().await.unwrap();
        assert!(body.contains(BODY), "{body}");
        let digest = database
            .row(&format!(
                "select encode(body_sha256, 'hex') as digest from refunds_v1.deliveries
                 where delivery_id = '{id}'"
            ))
            .await;
        assert_eq!(digest["digest"], HEXLOWER.encode(&sha256(body.as_bytes())));
    }
    let why = output(&service, &["deliveries", "why", &ids[2]]).await;
    assert!(why.contains("signature_mismatch"), "{why}");
    let replay = output(&service, &["deliveries", "replay"]).await;
    assert!(
        replay.contains("1 still refused") && replay.contains("1 still unreadable"),
        "{replay}"
    );
    let evidence = ["refunds", "show", "R-sealed-1", "--evidence", "e.zip"];
    output(&service, &evidence).await;
    let archive = std::fs::read(service.directory().join("e.zip")).unwrap();
    let has = |text: &str| archive.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has(BODY) && has(HEADER));
    // The refused delivery is found by the number in its sealed body.
    let story = output(&service, &["refunds", "show", "R-sealed-1", "--json"]).await;
    assert!(story.contains(&ids[2]), "{story}");
}

#[tokio::test]
async fn rows_from_before_the_keys_stay_readable_and_a_replay_seals_what_it_makes() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration.replace("testsignkey1234", "another-secret")).await;
    let url = format!("http://{}/notify/eftpay/hk", service.addresses().0);
    post(&url, &[], eftpay("R-old", &[("canary", json!(BODY))])).await;
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    end(service).await;
    let service = Service::start(&format!("{}{configuration}", at_rest(&KEYS[..1]))).await;
    let replay = output(&service, &["deliveries", "replay"]).await;
    assert!(replay.contains("1 recorded"), "{replay}");
    let made = id_of(&database, "deliveries where replayed_from is not null").await;
    let sealed = format!(
        "refund_inbox.deliveries where jsonb_typeof(headers) = 'object' and delivery_id = '{made}'"
    );
    assert_eq!(database.count(&sealed).await, 1);
    for id in [made, id_of(&database, "refused_deliveries").await] {
        assert!(output(&service, &["deliveries", "show", &id]).await.contains(BODY));
    }
}

#[tokio::test]
async fn rotation_wraps_the_data_keys_again_and_a_list_without_a_needed_key_is_refused() {
    let (configuration, database) = usual().await;
    let with = |keys: &[&str]| format!("{}{configuration}", at_rest(keys));
    let service = Service::start(&with(&KEYS[..1])).await;
    let [recorded, ..] = received(&service, &database, "R-rotated").await;
    let wrapped_by = "select distinct wrapped_by from refund_inbox.data_keys";
    let first = database.row(wrapped_by).await["wrapped_by"].clone();
    let bodies = "select delivery_id, body from refund_inbox.deliveries order by 1";
    let before = database.rows(bodies).await;
    // The old key alone is not enough any more, once the new one has wrapped everything.
    service.configure(&with(&[KEYS[1], KEYS[0]]));
    let migrated = output(&service, &["migrate"]).await;
    assert!(migrated.contains("wrapped 2 data keys with the newest key"), "{migrated}");
    assert_ne!(database.row(wrapped_by).await["wrapped_by"], first);
    assert_eq!(database.rows(bodies).await, before, "no delivery is written again");
    end(service).await;

    let service = Service::start(&with(&KEYS[1..2])).await;
    assert!(output(&service, &["deliveries", "show", &recorded]).await.contains(BODY));
    assert!(output(&service, &["check-config"]).await.contains("the configuration is valid"));
    for wrong in [&KEYS[2..], &KEYS[..1], &[]] {
        service.configure(&with(wrong));
        for command in ["migrate", "check-config"] {
            let ran = run_command(service.command(&[command])).await;
            let (sentence, data_key) =
                ("[at_rest].keys: expected the key ", "wraps the data key of");
            assert!(ran.err.contains(sentence) && ran.err.contains(data_key), "{}", ran.err);
            assert_eq!(ran.status, 2, "{command}: {}", ran.err);
        }
    }
    end(service).await;
    let (status, _) = Service::launch(&with(&KEYS[2..])).end().await;
    assert_eq!(status, Some(2), "it does not start");
}

#[tokio::test]
async fn without_its_data_key_a_month_is_unreadable_and_everything_else_works() {
    let (configuration, database) = usual().await;
    let configuration = format!("{}{configuration}", at_rest(&KEYS[..1]));
    let service = Service::start(&configuration).await;
    let [recorded, unreadable, _] = received(&service, &database, "R-shredded").await;
    database.execute("delete from refund_inbox.data_keys").await;
    // A running service forgets the key when its maintenance runs next.
    end(service).await;
    let service = Service::start(&configuration).await;
    let shown = output(&service, &["deliveries", "show", &recorded]).await;
    assert!(shown.contains("it is sealed, and the data key of its month was deleted"), "{shown}");
    let url = format!("http://{}/api/v1/deliveries/{recorded}", service.addresses().1);
    let answer = reqwest::Client::new().get(url).bearer_auth("auditor").send().await.unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert!(answer["locked"].as_str().unwrap().contains("deleted"), "{answer}");
    assert_eq!(answer["emptied_at"], json!(null));
    assert!(!shown.contains(BODY));
    let why = output(&service, &["deliveries", "why", &unreadable]).await;
    assert!(why.contains("no key of [at_rest] opens it"), "{why}");
    let replay = output(&service, &["deliveries", "replay", &unreadable]).await;
    assert!(replay.contains("1 DAMAGED"), "{replay}");
    assert!(output(&service, &["refunds", "show", "R-shredded"]).await.contains("R-shredded"));
    assert!(output(&service, &["refunds", "list"]).await.contains("R-shredded"));
}

fn store(database: &Database) -> Store {
    postgres::store_of(database).with_keys(&keys(&KEYS[..1]))
}

#[tokio::test]
async fn instances_that_begin_a_month_together_share_its_data_key_and_bodies_of_any_size_open() {
    let database = Database::new(&postgres::shared().database().await);
    let seal = async |size: usize| {
        let store = store(&database);
        let mut record = record(&account(), &eftpay(&format!("R{size}"), &[]));
        record.received.body = vec![b'x'; size];
        record.received.body_bytes = size;
        store.seal(&mut record.received).await.unwrap();
        store.record(&[&record]).await.unwrap();
        record.received.delivery_id
    };
    let sizes = [0, 1, 1000, 262_144];
    let (a, b, c, d) = tokio::join!(seal(sizes[0]), seal(sizes[1]), seal(sizes[2]), seal(sizes[3]));
    assert_eq!(database.count("refund_inbox.data_keys").await, 1);
    let other = store(&database);
    for (id, size) in [a, b, c, d].into_iter().zip(sizes) {
        let delivery = other.delivery(id).await.unwrap().unwrap();
        assert_eq!((delivery.locked, delivery.body.len()), (None, size));
    }
    // The content of one delivery does not open as that of another.
    let swapped = format!(
        "update refund_inbox.deliveries set body = (
             select body from refund_inbox.deliveries where delivery_id = '{c}'
         ) where delivery_id = '{d}'"
    );
    database.execute(&swapped).await;
    let locked = other.delivery(d).await.unwrap().unwrap().locked;
    assert_eq!(locked, Some("it is sealed, and its content was changed in the database"));
    let kept = KeptFilter { delivery_ids: Some(vec![d]), ..KeptFilter::default() };
    assert!(other.kept(&kept, Uuid::nil(), 5).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_erasure_finds_sealed_refused_deliveries_and_dropped_months_lose_their_data_key() {
    let (configuration, database) = usual().await;
    let service = Service::start(&format!("{}{configuration}", at_rest(&KEYS[..1]))).await;
    let [_, _, refused] = received(&service, &database, "R-sealed-erased").await;
    end(service).await;
    let store = store(&database);
    let refund = store.find_refunds("R-sealed-erased", None).await.unwrap();
    let refund_id = refund[0].text("refund_id").parse().unwrap();
    let erasure = Erasure { refund_id, who: "a", via: "test", reason: "asked", at: NOW };
    assert_eq!(store.erase_refund(&erasure).await.unwrap().unwrap().deliveries, 2);
    let emptied = store.delivery(refused.parse().unwrap()).await.unwrap().unwrap();
    assert!(emptied.emptied_at.is_some() && emptied.locked.is_none());

    let month = "insert into refund_inbox.data_keys values
        ('2026-01-01', gen_random_uuid(), '', 'k', now()), ('2026-02-01', gen_random_uuid(), '', 'k', now())";
    database.execute(month).await;
    store.drop_months(time::macros::date!(2026 - 02 - 01)).await.unwrap();
    let left = database.count("refund_inbox.data_keys where month < '2026-03-01'").await;
    assert_eq!(left, 1, "the key of February stays");
}
