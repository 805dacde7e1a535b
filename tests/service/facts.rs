//! Follows every fact of a refund from its event to the columns and views. A fact that is forgotten
//! anywhere on the way does not compile, or fails a test here that names it.

use refund_inbox::store::DeliveryRecord;
use refund_providers::contract::Meaning;
use refund_providers::refund::Facts;
use serde_json::{Map, Value, json};
use testing::database::Database;
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::postgres;

/// The only fact that the SQL contract does not show.
const NOT_IN_THE_CONTRACT: &str = "amount_literal";

/// Returns the columns of a table, view or type, with their types, in order.
async fn columns(database: &Database, relation: &str) -> Vec<(String, String)> {
    let query = format!(
        "select attname, atttypid::regtype::text as type from pg_attribute
         where attrelid = (select typrelid from pg_type where oid = '{relation}'::regtype)
             and attnum > 0 and not attisdropped
         order by attnum"
    );
    let text = |row: &Map<String, Value>, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = database.rows(&query).await;
    rows.iter().map(|row| (text(row, "attname"), text(row, "type"))).collect()
}

/// Returns a different value for each fact.
async fn one_of_each(database: &Database) -> Map<String, Value> {
    let columns = columns(database, "refund_inbox.refund_events").await;
    let value = |(number, name): (usize, &&str)| {
        let column = columns.iter().find(|(column, _)| column == name);
        let (_, kind) = column.unwrap_or_else(|| panic!("refund_events has no column {name}"));
        let value = match kind.as_str() {
            "text" => json!(format!("the {name}")),
            "bigint" => json!(1000 + number),
            "timestamp with time zone" => json!(format!("2026-01-01T00:00:{number:02}Z")),
            other => panic!("{name} has the type {other}: add this type to the test"),
        };
        ((*name).to_owned(), value)
    };
    Facts::NAMES.iter().enumerate().map(value).collect()
}

/// Returns the record of a notification whose event has these facts instead of its own.
fn with_facts(refund: &str, status: &str, facts: &Map<String, Value>) -> DeliveryRecord {
    let body = eftpay(refund, &[("trade_status", json!(status))]);
    let mut record = record(&account(), &body);
    let Meaning::Refunds(events) = &mut record.meaning else { panic!("not a refund: {body}") };
    events[0].facts = serde_json::from_value(Value::Object(facts.clone())).unwrap();
    record
}

/// Requires that the row types of the statement that writes a group end with all facts, in order.
async fn check_row_types(database: &Database) {
    for row_type in ["refund_inbox.event_row_3", "refund_inbox.refund_row_2"] {
        let columns = columns(database, row_type).await;
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let first = names.len().saturating_sub(Facts::NAMES.len());
        for (fact, column) in Facts::NAMES.iter().zip(&names[first..]) {
            assert_eq!(fact, column, "{row_type}: expected the fact {fact}, found {column}");
        }
    }
}

#[tokio::test]
async fn every_fact_is_stored_and_read_back_under_its_own_name() {
    let url = postgres::shared().database().await;
    let (store, database) = (postgres::store(&url), Database::new(&url));
    let facts = one_of_each(&database).await;
    check_row_types(&database).await;
    let none = Map::new();
    store.record(&[&with_facts("new", "TRADE_REFUND", &facts)]).await.unwrap();
    store.record(&[&with_facts("changed", "TRADE_PROCESSING", &none)]).await.unwrap();
    store.record(&[&with_facts("changed", "TRADE_REFUND", &facts)]).await.unwrap();

    let mut lost = Vec::new();
    for (relation, newest) in [
        ("refund_inbox.refunds", "last_seq"),
        ("refund_inbox.refund_events", "seq"),
        ("refunds_v1.refunds", "last_seq"),
        ("refunds_v1.refund_events", "seq"),
    ] {
        for refund in ["new", "changed"] {
            let query = format!(
                "select * from {relation} where merchant_refund_id = '{refund}'
                 order by {newest} desc limit 1"
            );
            let row = database.row(&query).await;
            for (name, expected) in &facts {
                if relation.starts_with("refunds_v1") && name == NOT_IN_THE_CONTRACT {
                    continue;
                }
                let found = row.get(name).map(|found| match found.as_str() {
                    Some(text) => json!(text.replace("+00:00", "Z")),
                    None => found.clone(),
                });
                if found.as_ref() != Some(expected) {
                    lost.push(format!("{relation}.{name} of {refund}: {expected}, {found:?}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
