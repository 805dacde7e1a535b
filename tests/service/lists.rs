//! Lists of refunds and of deliveries: any combination of conditions equals a plain model, pages
//! give every row once, and no list reads a growing table from its beginning to its end.

mod command;
mod model;
mod past;
mod plans;

use std::collections::BTreeSet;

use model::{conditions, is_listed, value_order};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use refund_inbox::store::{Cursor, ListQuery, Listed, Page, Row, Sort, Store};
use serde_json::{Map, Value};
use testing::database::Database;
use testing::many;
use testing::postgres::{self, store_of};

/// The rows of each list, as the views show them.
struct Content {
    store: Store,
    refunds: Vec<Row>,
    deliveries: Vec<Row>,
}

async fn content(refunds: u32) -> (Content, Database) {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, refunds).await;
    let rows = |rows: Vec<Map<String, Value>>| rows.into_iter().map(Row).collect();
    let deliveries = "select view.*, encode(view.body_sha256, 'hex') as body_sha256,
            replay.delivery_id as replayed_by, coalesce(kept.peer, refused.peer) as peer
        from refunds_v1.deliveries as view
        left join refund_inbox.deliveries as kept using (delivery_id)
        left join refund_inbox.refused_deliveries as refused using (delivery_id)
        left join refund_inbox.replays as replay on replay.replayed_from = view.delivery_id";
    let content = Content {
        store: store_of(&database),
        refunds: rows(database.rows("select * from refunds_v1.refunds").await),
        deliveries: rows(database.rows(deliveries).await),
    };
    (content, database)
}

impl Content {
    fn rows(&self, listed: Listed) -> &[Row] {
        match listed {
            Listed::Refunds => &self.refunds,
            Listed::Deliveries => &self.deliveries,
        }
    }

    /// Returns all rows of a list, page by page.
    async fn pages(&self, query: &ListQuery, sort: Sort) -> Vec<Row> {
        let mut query = query.clone();
        let mut all = Vec::new();
        loop {
            let Page { rows, next } = self.store.list(&query).await.unwrap();
            assert!(rows.len() <= usize::try_from(query.limit).unwrap());
            all.extend(rows);
            let Some(next) = next else { return all };
            // As the command line passes it on.
            query.after = Some(Cursor::from_word(sort, &next.word()).unwrap());
        }
    }

    /// Lists by the query and by the model, and compares.
    async fn check(&self, listed: Listed, word: &str, limit: u32, choices: &[(usize, u32)]) {
        let sort = Sort::from_word(listed, word).unwrap();
        let rows = self.rows(listed);
        let conditions = conditions(listed, rows, choices);
        let mut expected: Vec<&Row> = rows
            .iter()
            .filter(|row| conditions.iter().all(|one| is_listed(row, one, rows)))
            .collect();
        expected.sort_by(|a, b| value_order(listed, word, a, b));
        // More pages would take long and show nothing more.
        let limit = limit.max(u32::try_from(expected.len() / 5).unwrap());
        let query = ListQuery { sort, conditions, limit, ..ListQuery::newest(listed, limit) };
        let found = self.pages(&query, sort).await;
        let ids = |rows: Vec<&Row>| {
            rows.into_iter().map(|row| row.text(listed.id()).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(found.iter().collect()), ids(expected.clone()), "{word}: {query:?}");
        for (row, expected) in found.iter().zip(expected) {
            for column in listed.columns() {
                assert_eq!(row.0[column.name], expected.0[column.name], "{}", column.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_combination_of_conditions_sorts_and_pages_equals_the_model() {
    let (content, _database) = content(90).await;
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(ProptestConfig {
            max_shrink_iters: 30,
            ..ProptestConfig::with_cases(48)
        });
        let sorts = |listed: Listed| {
            let sortable = listed.columns().iter().filter(|column| column.is_sortable());
            let words =
                sortable.flat_map(|column| [column.name.to_owned(), format!("-{}", column.name)]);
            prop::sample::select(words.collect::<Vec<_>>()).prop_map(move |word| (listed, word))
        };
        let lists = prop_oneof![sorts(Listed::Refunds), sorts(Listed::Deliveries)];
        let choices = prop::collection::vec((0..16_usize, any::<u32>()), 0..4);
        let limits = prop_oneof![1..4_u32, Just(2000)];
        let run = runner.run(&(lists, limits, choices), |((listed, word), limit, choices)| {
            handle.block_on(content.check(listed, &word, limit, &choices));
            Ok(())
        });
        run.unwrap();
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_list_of_refused_deliveries_alone_has_all_columns() {
    let (content, _database) = content(30).await;
    let place = content.deliveries.iter().position(|row| row.text("verdict") == "refused");
    let row = u32::try_from(place.unwrap()).unwrap();
    // Kind 6 asks for the verdict of this row.
    for sort in ["received_at", "-key_id"] {
        content.check(Listed::Deliveries, sort, 2000, &[(6, row)]).await;
    }
}

#[tokio::test]
async fn pages_give_every_row_once_and_in_order_while_new_rows_arrive() {
    let (content, database) = content(80).await;
    let before: BTreeSet<String> =
        content.refunds.iter().map(|row| row.text("refund_id").to_owned()).collect();
    let sort = Sort::newest_first(Listed::Refunds);
    let mut query = ListQuery::newest(Listed::Refunds, 7);
    let mut seen = Vec::new();
    loop {
        let Page { rows, next } = content.store.list(&query).await.unwrap();
        seen.extend(rows.iter().map(|row| row.text("refund_id").to_owned()));
        // A newer refund than all others, between any two pages.
        database
            .execute(
                "insert into refund_inbox.refunds
                 select (jsonb_populate_record(refund, jsonb_build_object(
                     'refund_id', gen_random_uuid(), 'refund_key', gen_random_uuid(),
                     'first_received_at', now()))).*
                 from refund_inbox.refunds as refund limit 1",
            )
            .await;
        let Some(next) = next else { break };
        query.after = Some(Cursor::from_word(sort, &next.word()).unwrap());
    }
    assert_eq!(seen.len(), before.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), before);
}

#[tokio::test]
async fn the_columns_are_those_of_the_views_in_their_order() {
    let database = Database::new(&postgres::shared().database().await);
    for (listed, view) in [(Listed::Refunds, "refunds"), (Listed::Deliveries, "deliveries")] {
        let columns = format!(
            "select attname as name, attnotnull from pg_attribute
             where attrelid = 'refunds_v1.{view}'::regclass and attnum > 0 order by attnum"
        );
        let columns = database.rows(&columns).await;
        let mut expected: Vec<&str> =
            columns.iter().map(|row| row["name"].as_str().unwrap()).collect();
        if listed == Listed::Deliveries {
            expected.push("replayed_by");
        }
        let found: Vec<&str> = listed.columns().iter().map(|column| column.name).collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_cursor_of_another_sort_or_of_nothing_is_no_cursor() {
    let (content, _database) = content(10).await;
    let sort = Sort::newest_first(Listed::Refunds);
    let page = content.store.list(&ListQuery::newest(Listed::Refunds, 1)).await.unwrap();
    let word = page.next.unwrap().word();
    assert!(Cursor::from_word(sort, &word).is_some());
    let other = Sort::from_word(Listed::Refunds, "first_received_at").unwrap();
    assert_eq!(Cursor::from_word(other, &word), None);
    for word in ["", "x", "WzFd", &word[1..], "é"] {
        assert_eq!(Cursor::from_word(sort, word), None, "{word}");
    }
}
