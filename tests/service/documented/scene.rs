//! The service that the guides show: the account `hk-store` in October and November 2026, always
//! with the same refunds, times and ids.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};
use tempfile::TempDir;
use testing::client::post;
use testing::database::Database;
use testing::follower::as_reader;
use testing::notifications::{SECRET, eftpay, sign_eftpay};
use testing::postgres;
use testing::program;
use testing::receiver::{Receiver, Setup};
use testing::service::{on_database, open_directory};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

/// The secret that the provider has begun to sign with, and that the account had not yet.
const NEW_SECRET: &str = "testsignkey5678";

/// The account before its new secret was added.
const BEFORE: &str = r#"
[accounts.hk-store]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets = ["testsignkey1234"]
"#;

/// The account of the guides. Its second secret was added when deliveries had been refused.
const ACCOUNT: &str = r#"
[accounts.hk-store]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets_files = ["secrets/eftpay_2025", "secrets/eftpay_2026"]
"#;

/// When each notification arrived, and about what: the refund, the provider's word, the provider's
/// time, and the secret of its signature.
const ARRIVED: [(&str, &str, &str, &str, &str); 15] = [
    ("2026-10-06T02:11:40.120Z", "R-0911", "TRADE_REFUND", "2026-10-06 10:11:38", SECRET),
    ("2026-10-13T07:45:02.530Z", "R-0912", "TRADE_REFUND", "2026-10-13 15:45:00", SECRET),
    ("2026-10-20T11:02:09.004Z", "R-0913", "TRADE_FAIL", "2026-10-20 19:02:07", SECRET),
    ("2026-10-31T15:20:31.871Z", "R-0914", "TRADE_REFUND", "2026-10-31 23:20:30", SECRET),
    // After the month was closed, the bank took one of its refunds back.
    ("2026-11-05T06:30:12.250Z", "R-0914", "TRADE_FAIL", "2026-11-05 14:30:10", SECRET),
    ("2026-11-27T01:00:02.012Z", "R-1001", "TRADE_PROCESSING", "2026-11-27 09:00:00", SECRET),
    ("2026-11-27T01:00:07.104Z", "R-1001", "TRADE_FAIL", "2026-11-27 09:00:05", SECRET),
    ("2026-11-27T01:04:12.362Z", "R-1001", "TRADE_REFUND", "2026-11-27 09:04:10", SECRET),
    ("2026-11-27T01:05:12.377Z", "R-1001", "TRADE_REFUND", "2026-11-27 09:04:10", SECRET),
    ("2026-11-27T02:10:05.208Z", "R-1002", "TRADE_REFUND", "2026-11-27 10:10:02", SECRET),
    ("2026-11-27T02:11:05.226Z", "R-1002", "TRADE_REFUND", "2026-11-27 10:10:02", SECRET),
    ("2026-11-27T03:30:44.519Z", "R-1003", "TRADE_PROCESSING", "2026-11-27 11:30:42", SECRET),
    ("2026-11-27T18:20:11.402Z", "R-1004", "TRADE_REFUND", "2026-11-28 02:20:09", NEW_SECRET),
    ("2026-11-27T18:52:37.333Z", "R-1005", "TRADE_FAIL", "2026-11-28 02:52:35", NEW_SECRET),
    ("2026-11-27T19:18:06.641Z", "R-1006", "TRADE_REFUND", "2026-11-28 03:18:04", "a-forger"),
];

/// Gives each id the same digits in every run: those of its time, and instead of random ones others
/// that follow from the time and from what it identifies, and that sort before the id of a replay.
/// Sets the times that the database's clock gave, and where the senders and the receiver were.
const SETTLED: &str = r"
create function pg_temp.id(at timestamptz, what text) returns uuid language sql as $f$
    select (
        lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
        || '70008000' || left(md5(at::text || what), 12)
    )::uuid
$f$;
create function pg_temp.at_home(headers jsonb) returns jsonb language sql as $f$
    select regexp_replace(headers::text, '127\.0\.0\.1:[0-9]+', 'pay.example')::jsonb
$f$;
set timezone = 'UTC';
set session_replication_role = replica;
update refund_inbox.deliveries set
    delivery_id = pg_temp.id(received_at, 'delivery'),
    recorded_at = received_at + interval '3 ms',
    headers = pg_temp.at_home(headers),
    event_ids = array(
        select pg_temp.id(event.received_at, 'event') from refund_inbox.refund_events as event
        where event_id = any (event_ids)
    );
update refund_inbox.refused_deliveries set
    delivery_id = pg_temp.id(received_at, 'delivery'),
    recorded_at = received_at + interval '4 ms',
    headers = pg_temp.at_home(headers),
    peer = case when position('R-1006' in convert_from(body, 'UTF8')) > 0 then '203.0.113.66'
        else '198.51.100.9' end;
update refund_inbox.refund_events as event set
    refund_id = pg_temp.id(first_received_at, 'refund'),
    event_id = pg_temp.id(received_at, 'event'),
    delivery_id = pg_temp.id(received_at, 'delivery'),
    recorded_at = received_at + interval '3 ms'
    from refund_inbox.refunds where refunds.refund_id = event.refund_id;
update refund_inbox.refunds set refund_id = pg_temp.id(first_received_at, 'refund');
insert into refund_inbox.audit (audit_id, at, who, via, action, subject, detail)
values (gen_random_uuid(), '2026-11-27T18:19:40Z', 'refund-inbox', 'reload', 'reload', 'hk-store',
    'changed: secrets');
create schema shop;
";

/// A directory with the configuration of the guides, and a running receiver.
pub(crate) struct Scene {
    /// Where the commands run.
    pub directory: TempDir,
    /// The receiver, which listens elsewhere than the guides say.
    pub receiver: Receiver,
    /// The database, as its owner.
    pub database_url: String,
}

impl Scene {
    /// Lets the notifications arrive in a new database.
    pub(crate) async fn prepare() -> Self {
        let url = postgres::shared().database().await;
        let months = "select refund_inbox.create_delivery_partitions('2026-10-01', 2)";
        Database::new(&url).execute(months).await;
        for arrived in ARRIVED {
            arrive(&url, arrived).await;
        }
        let database = Database::new(&url);
        database.execute(SETTLED).await;
        let receiver = receiver(&url, datetime!(2026-11-28 05:48:02 UTC));
        Self { directory: directory(&url), receiver, database_url: url }
    }
}

async fn arrive(url: &str, (at, refund, word, happened, secret): (&str, &str, &str, &str, &str)) {
    let receiver = receiver(url, OffsetDateTime::parse(at, &Rfc3339).unwrap());
    let changes = [
        ("trade_status", json!(word)),
        ("gmt_payment", json!(happened)),
        ("out_trade_no", json!(refund.replace('R', "O"))),
        ("transaction_id", json!(refund.replace("R-", "42000009942026"))),
    ];
    let Value::Object(mut body) = serde_json::from_str(&eftpay(refund, &changes)).unwrap() else {
        panic!("not an object")
    };
    body.remove("sign");
    let answer = receiver.url("eftpay/hk-store");
    let answer = post(&answer, &[("content-type", "application/json")], sign_eftpay(body, secret));
    assert_eq!(answer.await.is_success(), secret == SECRET, "{refund} {word}");
    // It keeps what it refused.
    receiver.stop().await;
}

fn receiver(url: &str, now: OffsetDateTime) -> Receiver {
    let setup = Setup::on(url.to_owned());
    let clock = refund_inbox::clock::Clock::fixed(now);
    Setup { configuration: BEFORE.to_owned(), clock, ..setup }.start()
}

fn directory(url: &str) -> TempDir {
    let directory = open_directory();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("secrets")).unwrap();
    fs::write(at("secrets/eftpay_2025"), SECRET).unwrap();
    fs::write(at("secrets/eftpay_2026"), NEW_SECRET).unwrap();
    let public = "[http]\npublic_url = \"https://pay.example\"\n";
    fs::write(at("refund-inbox.toml"), format!("{public}{}{ACCOUNT}", on_database(url))).unwrap();
    fs::write(at("reader.toml"), on_database(&as_reader(url))).unwrap();
    fs::write(at("mistake.toml"), "[http]\nlisten_on = \"127.0.0.1:8080\"\n").unwrap();
    fs::create_dir(at("bin")).unwrap();
    symlink(program::path(), at("bin/refund-inbox")).unwrap();
    directory
}
