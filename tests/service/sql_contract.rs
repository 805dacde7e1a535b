//! The SQL contract: the shape of the views, their comments, and the rights of their reader. A
//! failing test here means that a consumer breaks: make a new schema instead.

use sqlx::{Connection, Executor, PgConnection};
use testing::database::Database;
use testing::model;
use testing::notifications::eftpay;
use testing::postgres::{self, Databases};
use testing::receiver::Setup;
use time::macros::date;

const REFUNDS: &str = "refund_id uuid, provider text, account text, merchant_refund_id text, \
    provider_refund_id text, merchant_order_id text, provider_payment_id text, status text, \
    provider_status text, conflicting boolean, authenticity text, amount_minor bigint, \
    currency text, currency_exponent smallint, order_amount_minor bigint, \
    order_refunded_minor bigint, fee_refunded_minor bigint, payer_amount_minor bigint, \
    settlement_amount_minor bigint, discount_amount_minor bigint, channel text, \
    receiving_account text, reason text, failure_code text, failure_message text, \
    settlement_status text, settled_at timestamp with time zone, \
    provider_created_at timestamp with time zone, completed_at timestamp with time zone, \
    flags text[], first_received_at timestamp with time zone, \
    last_received_at timestamp with time zone, updated_at timestamp with time zone, \
    delivery_count integer, event_count integer, last_seq bigint, sub_merchant text, \
    unread_fields text[], needs_attention boolean, merchant_reference text";

const REFUND_EVENTS: &str = "seq bigint, event_id uuid, refund_id uuid, provider text, \
    account text, merchant_refund_id text, provider_refund_id text, merchant_order_id text, \
    provider_payment_id text, status text, provider_status text, effect text, authenticity text, \
    amount_minor bigint, currency text, currency_exponent smallint, order_amount_minor bigint, \
    order_refunded_minor bigint, fee_refunded_minor bigint, payer_amount_minor bigint, \
    settlement_amount_minor bigint, discount_amount_minor bigint, channel text, \
    receiving_account text, reason text, failure_code text, failure_message text, \
    settlement_status text, settled_at timestamp with time zone, \
    provider_created_at timestamp with time zone, completed_at timestamp with time zone, \
    flags text[], occurred_at timestamp with time zone, received_at timestamp with time zone, \
    payload jsonb, delivery_id uuid, recorded_at timestamp with time zone, source text, \
    sub_merchant text, unread_fields text[], merchant_reference text";

const DELIVERIES: &str = "delivery_id uuid, received_at timestamp with time zone, provider text, \
    account text, verdict text, reason text, key_id text, event_ids uuid[], \
    response_status smallint, response_body text, body_sha256 bytea, body_bytes integer, \
    replayed_from uuid, recorded_at timestamp with time zone";

#[tokio::test]
async fn the_views_have_the_promised_columns_and_each_is_commented() {
    let database = Database::new(&postgres::shared().database().await);
    let without_last = REFUNDS.strip_suffix(", merchant_reference text").unwrap();
    let history = format!(
        "seq bigint, recorded_at timestamp with time zone, {without_last}, \
         resolved_at timestamp with time zone, previous_seq bigint, merchant_reference text"
    );
    let views = [
        ("deliveries", DELIVERIES),
        ("refund_events", REFUND_EVENTS),
        ("refund_history", &history),
        ("refunds", REFUNDS),
    ];
    let all = "select relname as name from pg_class
        where relnamespace = 'refunds_v1'::regnamespace order by relname";
    let all = database.rows(all).await;
    let names: Vec<&str> = all.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, views.map(|(view, _)| view));
    for (view, expected) in views {
        let columns = format!(
            "select attname || ' ' || format_type(atttypid, atttypmod) as shape,
                col_description(attrelid, attnum) as comment
             from pg_attribute where attrelid = 'refunds_v1.{view}'::regclass and attnum > 0
             order by attnum"
        );
        let columns = database.rows(&columns).await;
        let shape: Vec<&str> = columns.iter().map(|row| row["shape"].as_str().unwrap()).collect();
        assert_eq!(shape.join(", "), expected, "{view}");
        for column in columns {
            let comment = column["comment"].as_str().unwrap_or_default();
            assert!(comment.len() > 10, "{view}.{} has no comment", column["shape"]);
        }
    }
}

#[tokio::test]
async fn the_reader_reads_the_views_and_nothing_else() {
    let receiver = Setup::usual().await.start();
    receiver.post("eftpay/hk", &eftpay("R1", &[])).await;
    let mut reader: PgConnection = receiver.database.connect().await;
    reader.execute("set session authorization refunds_reader").await.unwrap();
    for view in ["refunds", "refund_events", "deliveries"] {
        let query = sqlx::AssertSqlSafe(format!("select * from refunds_v1.{view}"));
        assert_eq!(sqlx::query(query).fetch_all(&mut reader).await.unwrap().len(), 1, "{view}");
    }
    for forbidden in [
        "select * from refund_inbox.refunds",
        "select * from refund_inbox.deliveries",
        "update refunds_v1.refunds set status = 'failed'",
        "insert into refunds_v1.refunds (status) values ('failed')",
        "delete from refunds_v1.refunds",
        "create table refunds_v1.mine (x int)",
        "select refund_inbox.create_delivery_partitions(now()::date, 1)",
    ] {
        let refused = reader.execute(forbidden).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{forbidden}: {refused}");
    }
    reader.close().await.unwrap();
    let role = "select rolconfig, rolconnlimit from pg_roles where rolname = 'refunds_reader'";
    let role = receiver.database.row(role).await;
    assert!(role["rolconfig"].to_string().contains("statement_timeout=30s"), "{role:?}");
    assert_eq!(role["rolconnlimit"], 50);
}

#[tokio::test]
async fn change_data_capture_names_the_columns_of_the_contract_and_the_tables_have_them() {
    let page = include_str!("../../docs/change-data-capture.md");
    let (_, list) = page.split_once(r"refund_inbox\\.refund_events\\.(").unwrap();
    let (list, _) = list.split_once(')').unwrap();
    let of_contract = REFUND_EVENTS.split(", ").map(|column| column.split(' ').next().unwrap());
    assert_eq!(list.split('|').collect::<Vec<_>>(), of_contract.collect::<Vec<_>>());
    let database = Database::new(&postgres::shared().database().await);
    for table in ["refund_events", "refunds"] {
        // What the view computes from other columns keeps their names.
        let missing = format!(
            "information_schema.columns as promised
             where table_schema = 'refunds_v1' and table_name = '{table}' and not exists (
                 select from information_schema.columns as there
                 where table_schema = 'refund_inbox' and table_name = '{table}'
                     and there.column_name = promised.column_name
             )"
        );
        assert_eq!(database.count(&missing).await, 0, "{table}");
    }
}

#[tokio::test]
async fn migrating_is_idempotent_and_any_number_of_instances_may_do_it_at_once() {
    let url = postgres::shared().empty_database().await;
    let instance = async || postgres::store(&url).migrate(date!(2026 - 11 - 22)).await.unwrap();
    let (first, second, third) = tokio::join!(instance(), instance(), instance());
    let reports = [first, second, third];
    let made: i32 = reports.iter().map(|report| report.partitions_made).sum();
    assert!(made <= 3, "{made} partitions were made");
    let again = postgres::store(&url).migrate(date!(2026 - 11 - 22)).await.unwrap();
    assert!(again.applied.is_empty());
    assert_eq!(made + again.partitions_made, 3);
}

#[tokio::test]
async fn a_user_who_may_not_create_roles_gets_the_statements_to_run() {
    let server = Databases::start("roles").await;
    let url = server.empty_database().await;
    let database = Database::new(&url);
    database.execute("drop owned by refunds_reader").await;
    // The template of this server has grants to the role.
    server.postgres.run("drop database migrated").await;
    database.execute("drop role refunds_reader").await;
    database.execute("create role humble login nosuperuser nocreaterole").await;
    let name = url.split("/t").nth(1).unwrap().split('?').next().unwrap();
    database.execute(&format!("grant create on database t{name} to humble")).await;
    let store = postgres::store(&url.replace("user=refund_inbox", "user=humble"));
    let report = store.migrate(date!(2026 - 11 - 22)).await.unwrap();
    let statements = report.statements_for_an_administrator.unwrap();
    database.execute(statements).await;
    let again = store.migrate(date!(2026 - 11 - 22)).await.unwrap();
    assert_eq!(again.statements_for_an_administrator, None);
    let mut reader = database.connect().await;
    reader.execute("set session authorization refunds_reader").await.unwrap();
    reader.execute("select * from refunds_v1.refunds").await.unwrap();
}

#[tokio::test]
async fn deliveries_are_stored_in_the_partition_of_their_month_or_in_the_default_partition() {
    // There is no receiver here, because its maintenance would create the partition again.
    let database = Database::new(&postgres::shared().database().await);
    let store = postgres::store_of(&database);
    let account = model::account();
    let place = "select relname as place from refund_inbox.deliveries as d
        join pg_class on pg_class.oid = d.tableoid";
    store.record(&[&model::record(&account, &eftpay("R1", &[]))]).await.unwrap();
    assert_eq!(database.row(place).await["place"], "deliveries_2026_11");
    database.execute("drop table refund_inbox.deliveries_2026_11").await;
    store.record(&[&model::record(&account, &eftpay("R2", &[]))]).await.unwrap();
    assert_eq!(database.row(place).await["place"], "deliveries_default");
    // The month's rows stay there. Its partition cannot be created any more, and nothing breaks.
    assert_eq!(store.create_partitions(date!(2026 - 11 - 22)).await.unwrap(), 0);
}
