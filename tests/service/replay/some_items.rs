//! A message of several items, of which some cannot be read or are not ours: their refunds are
//! recorded as soon as they can be, and no item is lost with another.

use super::*;

/// The fixture with one item of each of three merchant accounts, of which one is configured.
const FIXTURE: &str = "items_partly_three_merchants";

/// The lines of an account with these merchant accounts.
fn lines(merchants: &[&str]) -> String {
    let mut settings = fixtures::one("adyen", FIXTURE).account.clone();
    settings.insert("merchant_accounts".to_owned(), json!(merchants));
    let toml: Vec<String> = settings
        .iter()
        .filter(|(key, _)| *key != "basic_auth")
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("[accounts.shop]\n{}\n", toml.join("\n"))
}

async fn keys(database: &Database) -> Vec<Value> {
    let query = "select refund_key from refund_inbox.refunds order by refund_key";
    database
        .rows(query)
        .await
        .into_iter()
        .map(|mut row| row.remove("refund_key").unwrap())
        .collect()
}

/// Returns verdict, reason and number of events of each delivery.
async fn deliveries(database: &Database) -> Vec<(Value, Value, Value)> {
    let query = "select verdict, reason, cardinality(event_ids) as events
        from refunds_v1.deliveries order by delivery_id";
    let rows = database.rows(query).await;
    rows.into_iter()
        .map(|row| (row["verdict"].clone(), row["reason"].clone(), row["events"].clone()))
        .collect()
}

#[tokio::test]
async fn hazard_23_an_item_that_is_not_ours_takes_no_other_item_with_it() {
    let fixture = fixtures::one("adyen", FIXTURE);
    let receiver = Setup::usual().await.start_with(configuration(&lines(&["ShopHK"])));
    let database = &receiver.database;
    let body = String::from_utf8(fixture.body()).unwrap();
    for _ in 0..2 {
        let answer = receiver.post("adyen/shop", &body).await;
        assert_eq!((answer.status, &*answer.body), (200, "[accepted]"));
    }
    let ours = json!("ShopHK/QFQTPCQ8HXSKGK82");
    let partly = |events: i64| (json!("unreadable"), json!("foreign_account"), json!(events));
    assert_eq!(keys(database).await, std::slice::from_ref(&ours));
    assert_eq!(deliveries(database).await, [partly(1), partly(1)]);

    // With the same settings nothing changes, however often the deliveries are replayed.
    for _ in 0..2 {
        let fates = repair(database, &lines(&["ShopHK"])).await;
        assert_eq!(fates, [Fate::StillUnreadable, Fate::StillUnreadable]);
    }
    assert_eq!(database.count("refunds_v1.deliveries").await, 2);

    // A second merchant account makes a second item readable, although the reason stays.
    let fates = repair(database, &lines(&["ShopHK", "ShopSG"])).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Unreadable); 2]);
    assert_eq!(keys(database).await, [ours.clone(), json!("ShopSG/FOREIGN")]);
    assert_eq!(deliveries(database).await[2..], [partly(2), partly(2)]);

    // The last one ends the waiting.
    let all = lines(&["ShopHK", "ShopSG", "ShopMY"]);
    let fates = repair(database, &all).await;
    assert_eq!(
        fates.iter().map(outcome).collect::<Vec<_>>(),
        [Some(Outcome::Recorded), Some(Outcome::Duplicate)]
    );
    assert_eq!(keys(database).await, [ours, json!("ShopMY/THIRD"), json!("ShopSG/FOREIGN")]);
    assert_eq!(repair(database, &all).await, []);
    assert_eq!(database.count("refunds_v1.refund_events").await, 3);
}
