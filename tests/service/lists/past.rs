//! Pages of a list as of a time: narrow queries fill them, and they equal the whole list.

use refund_inbox::store::{Condition, ListQuery, Listed, ListedTime, Row, Store};
use refund_providers::refund::RefundStatus;
use testing::database::Database;
use testing::many;
use testing::postgres::{self, store_of};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

#[tokio::test]
async fn pages_of_the_past_give_each_row_of_the_whole_list_once_and_in_order() {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, 600).await;
    let store = store_of(&database);
    let middle = "select percentile_disc(0.5) within group (order by received_at) as at
        from refund_inbox.refund_events";
    let middle = database.row(middle).await["at"].as_str().unwrap().to_owned();
    let middle = OffsetDateTime::parse(&middle, &Rfc3339).unwrap();
    let filters = [
        vec![],
        vec![Condition::Account("hk".to_owned())],
        vec![Condition::Status(vec![RefundStatus::Failed])],
        vec![Condition::Until(ListedTime::Received, middle - time::Duration::days(20))],
    ];
    for conditions in filters {
        let as_of = Some(middle);
        let query = ListQuery { conditions, as_of, ..ListQuery::newest(Listed::Refunds, 3) };
        // No narrow query fills this page, so the whole one is read.
        let whole = store.list(&ListQuery { limit: 5000, ..query.clone() }).await.unwrap();
        assert!(whole.next.is_none() && whole.rows.len() > 3, "{:?}", query.conditions);
        assert_eq!(ids(&pages(&store, query.clone()).await), ids(&whole.rows), "{query:?}");
    }
    let never = Some(datetime!(2000-01-01 00:00 UTC));
    let query = ListQuery { as_of: never, ..ListQuery::newest(Listed::Refunds, 3) };
    assert!(store.list(&query).await.unwrap().rows.is_empty());
}

async fn pages(store: &Store, mut query: ListQuery) -> Vec<Row> {
    let mut rows = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        rows.extend(page.rows);
        query.after = page.next;
        if query.after.is_none() {
            return rows;
        }
    }
}

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text("refund_id")).collect()
}
