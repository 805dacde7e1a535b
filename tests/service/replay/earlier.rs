//! A replay makes visible what the earlier version stored as `unreadable`: refunds of which it
//! could not read a field that this version can do without.

use refund_inbox::store::{ListQuery, Listed};
use sqlx::migrate::Migrator;
use testing::fixtures::Fixture;

use super::*;

/// The last migration of the earlier version.
const EARLIER_SCHEMA: usize = 6;

/// The provider and name of a fixture, the reason that the earlier version stored for its request,
/// and the status that the refund must have now. The reasons are the output of its program.
const CASES: [(&str, &str, &str, &str); 21] = [
    ("wechatpay", "v3_absent_amount", "missing_field:amount", "succeeded"),
    ("wechatpay", "v3_absent_refund", "missing_field:refund", "succeeded"),
    ("wechatpay", "v3_time_v2_form", "invalid_time:success_time", "succeeded"),
    ("wechatpay", "v3_time_not_a_day", "invalid_time:success_time", "succeeded"),
    ("wechatpay", "v3_time_beyond_the_calendar", "invalid_time:success_time", "succeeded"),
    ("wechatpay", "v2_time_digits", "invalid_time:success_time", "succeeded"),
    ("paycools", "flat_amount_with_decimals", "invalid_amount:refundAmount", "succeeded"),
    ("paycools", "flat_amount_with_decimals_in_quotes", "invalid_amount:refundAmount", "succeeded"),
    ("paycools", "envelope_amount_with_decimals", "invalid_amount:refundAmount", "succeeded"),
    // The amount is `10000.00`.
    ("paycools", "envelope_amount_in_unclear_unit", "invalid_amount:refundAmount", "succeeded"),
    // The subject is in GBK.
    ("alipay", "undecodable_gbk_charset_absent", "malformed_content:body", "succeeded"),
    ("alipay", "charset_unknown_gbk_space", "invalid_text:charset", "succeeded"),
    ("alipay", "time_beyond_the_calendar", "invalid_time:gmt_refund", "succeeded"),
    ("alipay", "depositback_absent_dback_amount", "missing_field:dback_amount", "succeeded"),
    ("antom", "direct_succeeded", "missing_field:refundAmount", "succeeded"),
    ("antom", "direct_failed", "missing_field:refundAmount", "failed"),
    ("antom", "direct_other_currency", "missing_field:refundAmount", "succeeded"),
    ("antom", "currency_unknown", "unknown_currency:currency", "succeeded"),
    ("antom", "time_beyond_the_calendar", "invalid_time:refundTime", "succeeded"),
    ("eftpay", "time_beyond_the_calendar", "invalid_time:gmt_payment", "succeeded"),
    (
        "nomad",
        "relay_time_beyond_the_calendar_successTime",
        "invalid_time:successTime",
        "succeeded",
    ),
];

/// Returns a database with the schema of the earlier version.
pub(super) async fn of_the_earlier_version() -> Database {
    let database = Database::new(&postgres::shared().empty_database().await);
    let migrations = fixtures::repository().join("migrations");
    let mut migrator = Migrator::new(migrations).await.unwrap();
    migrator.create_schema("refund_inbox");
    migrator.dangerous_set_table_name("refund_inbox.schema_migrations");
    migrator.run_to(EARLIER_SCHEMA as i64, &mut database.connect().await).await.unwrap();
    let partitions = "select refund_inbox.create_delivery_partitions('2026-01-01', 3)";
    database.execute(partitions).await;
    database
}

/// Stores a request as the earlier version stored what it could not read.
async fn keep(database: &Database, account: &str, fixture: &Fixture, reason: &str) -> Uuid {
    let (id, body) = (new_id(fixture.received_at), fixture.body());
    let (hex, quoted) = (HEXLOWER.encode(&body), |text: &str| text.replace('\'', "''"));
    let host = ("host".to_owned(), "refunds.example".to_owned());
    let length = ("content-length".to_owned(), body.len().to_string());
    let sent = fixture.request.headers.iter();
    let sent = sent.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let headers: Vec<_> = [host].into_iter().chain(sent).chain([length]).collect();
    let expected = &fixture.expected;
    let row = format!(
        "insert into refund_inbox.deliveries (delivery_id, received_at, provider, account, verdict,
            reason, key_id, signature_form, event_ids, peer, path_and_query, headers, body,
            body_sha256, body_bytes, response_status, response_body, replayed_from)
         values ('{id}', to_timestamp({}), '{}', '{account}', 'unreadable', '{reason}', '{}', '{}',
            '{{}}', '192.0.2.7', '{}', '{}', '\\x{hex}', sha256('\\x{hex}'), {}, {}, '{}', null)",
        fixture.received_at.unix_timestamp(),
        fixture.provider,
        expected.key_id.as_deref().unwrap(),
        expected.signature_form.as_deref().unwrap(),
        quoted(&fixture.request.path),
        quoted(&json!(headers).to_string()),
        body.len(),
        expected.reply.status,
        quoted(&expected.reply.body),
    );
    database.execute(&row).await;
    id
}

/// Returns the row of a delivery with all its columns, and with the transaction that wrote it.
async fn written(database: &Database, id: &Value) -> Map<String, Value> {
    let row = "select xmin::text, * from refund_inbox.deliveries where delivery_id";
    database.row(&format!("{row} = '{}'", id.as_str().unwrap())).await
}

#[tokio::test]
async fn a_replay_records_every_refund_that_the_earlier_version_could_not_read() {
    let database = of_the_earlier_version().await;
    let (mut lines, mut kept) = (String::new(), Vec::new());
    for (index, (provider, name, reason, status)) in CASES.into_iter().enumerate() {
        let (fixture, account) = (fixtures::one(provider, name), format!("f{index:02}"));
        lines.push_str(&format!("[accounts.{account}]\n{}\n", fixture.account_toml()));
        let id = json!(keep(&database, &account, fixture, reason).await);
        kept.push((fixture, account, status, id));
    }
    let store = store_of(&database);
    let migrated = store.migrate(NOW.date()).await.unwrap();
    assert_eq!(migrated.applied.len(), migrated.known - EARLIER_SCHEMA, "{migrated:?}");
    let mut old_rows = Vec::new();
    for (.., id) in &kept {
        old_rows.push(written(&database, id).await);
    }

    let accounts = accounts(&lines);
    let results = run(&store, &accounts, &KeptFilter::default(), Mode::Apply).await;
    assert_eq!(results.len(), CASES.len());
    for Replayed { kept, fate } in &results {
        assert_eq!(outcome(fate), Some(Outcome::Recorded), "{kept:?}: {fate:?}");
    }
    for ((fixture, account, status, id), old_row) in kept.iter().zip(old_rows) {
        is_repaired(&database, fixture, account, status, &old_row).await;
        assert_eq!(written(&database, id).await, old_row, "{}", fixture.full_name());
    }

    let listed = store.list(&ListQuery::newest(Listed::Deliveries, 1000)).await.unwrap().rows;
    let old = listed.iter().filter(|delivery| delivery.0["verdict"] == "unreadable");
    let marked = old.filter(|delivery| delivery.0["replayed_by"].is_string());
    assert_eq!(marked.count(), CASES.len());

    let after = everything(&database).await;
    let again = run(&store, &accounts, &KeptFilter::default(), Mode::Apply).await;
    // The refunds whose fields this version cannot read either.
    let nothing_new = |replayed: &Replayed| replayed.fate == Fate::NothingNew;
    assert!(!again.is_empty() && again.iter().all(nothing_new), "{} deliveries", again.len());
    assert_eq!(everything(&database).await, after);
}

/// Checks that the refund of a fixture is visible, and that its old delivery is marked as replayed
/// by the one that recorded it.
async fn is_repaired(
    database: &Database,
    fixture: &Fixture,
    account: &str,
    status: &str,
    old: &Map<String, Value>,
) {
    let name = fixture.full_name();
    let of_account =
        |view: &str| format!("select * from refunds_v1.{view} where account = '{account}'");
    let refund = database.row(&of_account("refunds")).await;
    assert_eq!(refund["status"], status, "{name}");
    for count in ["delivery_count", "event_count"] {
        assert_eq!(refund[count], 1, "{name}: {count}");
    }
    assert_eq!(refund["first_received_at"], old["received_at"], "{name}");
    let [expected] = fixture.expected.events.as_slice() else { panic!("{name}: not one event") };
    assert_eq!(refund["merchant_refund_id"], expected["merchant_refund_id"], "{name}");
    let unread = expected.get("unread_fields").cloned().unwrap_or(json!([]));
    assert_eq!(refund["unread_fields"], unread, "{name}");

    let recorded = format!("{} and verdict = 'recorded'", of_account("deliveries"));
    let recorded = database.row(&recorded).await;
    assert_eq!(recorded["replayed_from"], old["delivery_id"], "{name}");
    let id = old["delivery_id"].as_str().unwrap();
    let mark = format!("select * from refund_inbox.replays where replayed_from = '{id}'");
    assert_eq!(database.row(&mark).await["delivery_id"], recorded["delivery_id"], "{name}");
    let event = database.row(&of_account("refund_events")).await;
    assert_eq!(event["delivery_id"], recorded["delivery_id"], "{name}");
    // The refund may have an amount that its event lacks: the change of the order's running total.
    for column in ["status", "amount_minor", "currency"] {
        let value = expected.get(column).unwrap_or(&Value::Null);
        assert_eq!(&event[column], value, "{name}: {column}");
    }
}
