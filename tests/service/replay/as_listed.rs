//! A replay takes the filters of the list, and selects what the list shows and waits for repair.

use std::collections::BTreeSet;

use refund_inbox::store::{Condition, ListQuery, Listed, ListedTime};
use refund_providers::contract::Verdict;
use testing::model::{account, record};

use super::*;

#[tokio::test]
async fn each_filter_selects_the_kept_deliveries_that_the_list_shows() {
    let (store, database) = fresh().await;
    let hour = |hours| NOW + Duration::hours(hours);
    let hk = refuse(&store, ("eftpay", "hk"), hour(0), &eftpay("R1", &[])).await;
    let ph = refuse(&store, ("paycools", "ph"), hour(1), &paycools("R2", &[])).await;
    let missing = "missing_field:refund_no";
    let unreadable = keep_unreadable(&database, hour(2), missing, &eftpay("R3", &[])).await;
    let opened = keep_unreadable(&database, hour(3), "undecryptable", &eftpay("R4", &[])).await;
    // A replay that could not be read either.
    let again = keep_unreadable(&database, hour(4), missing, &eftpay("R5", &[])).await;
    let mark = format!(
        "update refund_inbox.deliveries set replayed_from = '{}', peer = '198.51.100.9'
         where delivery_id = '{again}'",
        Uuid::nil()
    );
    database.execute(&mark).await;
    let replayed = "insert into refund_inbox.replays (replayed_from, delivery_id, replayed_at)
         select replayed_from, delivery_id, received_at from refund_inbox.deliveries
         where replayed_from is not null";
    database.execute(replayed).await;
    let dismissed = format!(
        "insert into refund_inbox.dismissals (delivery_id, dismissed_at, who, via, note)
         values ('{ph}', now(), 'a', 'b', 'c')"
    );
    database.execute(&dismissed).await;
    // Recorded, with a status word that is not known; and one that needs no repair.
    let odd = eftpay("R6", &[("trade_status", json!("ODD"))]);
    store.record(&[&record(&account(), &odd)]).await.unwrap();
    store.record(&[&record(&account(), &eftpay("R7", &[]))]).await.unwrap();
    let of_refund = async |number: &str| -> Uuid {
        let query = format!(
            "select refund_id from refunds_v1.refunds where merchant_refund_id = '{number}'"
        );
        database.row(&query).await["refund_id"].as_str().unwrap().parse().unwrap()
    };
    let (partly, whole) = (of_refund("R6").await, of_refund("R7").await);
    let received = ListedTime::Received;
    let text = str::to_owned;
    let of_verdicts = |verdicts: &[Verdict]| Condition::Verdict(verdicts.to_vec());

    let kept = async |filter: &KeptFilter| -> BTreeSet<Uuid> {
        let page = store.kept(filter, Uuid::nil(), 64).await.unwrap();
        page.iter().map(|kept| kept.delivery_id).collect()
    };
    let all = kept(&KeptFilter::default()).await;
    assert_eq!(all.len(), 6);
    let cases: [(Vec<Condition>, usize); 18] = [
        (vec![], 6),
        (vec![Condition::Account(text("hk"))], 5),
        (vec![Condition::Provider(text("paycools"))], 1),
        (vec![of_verdicts(&[Verdict::Refused])], 2),
        (vec![of_verdicts(&[Verdict::Recorded, Verdict::Refused])], 3),
        (vec![Condition::Reason(text("missing_field"))], 2),
        (vec![of_verdicts(&[Verdict::Unreadable]), Condition::Reason(text("undecryptable"))], 1),
        (vec![Condition::Reason(text("undecryptable")), Condition::Reason(text("stale"))], 0),
        (vec![Condition::Key(text("nobody's"))], 0),
        (vec![Condition::Client(text("192.0.2.7"))], 2),
        (vec![Condition::Client(text("198.51.100.9"))], 1),
        (vec![Condition::Refunds(vec![partly])], 1),
        (vec![Condition::Refunds(vec![whole])], 0),
        (vec![Condition::Replayed], 1),
        (vec![Condition::Waiting], 4),
        (vec![Condition::Since(received, hour(1)), Condition::Until(received, hour(3))], 2),
        (vec![Condition::Waiting, Condition::Account(text("hk"))], 4),
        (vec![Condition::Provider(text("eftpay")), Condition::Client(text("192.0.2.7"))], 1),
    ];
    for (conditions, count) in cases {
        let query = ListQuery {
            conditions: conditions.clone(),
            ..ListQuery::newest(Listed::Deliveries, 100)
        };
        let listed = store.list(&query).await.unwrap().rows;
        let listed = listed.iter().map(|row| row.text("delivery_id").parse().unwrap());
        let expected: BTreeSet<Uuid> = listed.filter(|id| all.contains(id)).collect();
        let found = kept(&KeptFilter::of(&conditions).unwrap()).await;
        assert_eq!(found, expected, "{conditions:?}");
        assert_eq!(found.len(), count, "{conditions:?}: {:?}", [hk, ph, unreadable, opened]);
    }
    // The key of those that a key verified.
    let keys = "select distinct key_id from refund_inbox.deliveries where key_id is not null";
    for row in database.rows(keys).await {
        let key = Condition::Key(row["key_id"].as_str().unwrap().to_owned());
        let query = ListQuery {
            conditions: vec![key.clone()],
            ..ListQuery::newest(Listed::Deliveries, 100)
        };
        let listed = store.list(&query).await.unwrap().rows;
        let listed = listed.iter().map(|row| row.text("delivery_id").parse().unwrap());
        let expected: BTreeSet<Uuid> = listed.filter(|id| all.contains(id)).collect();
        assert!(!expected.is_empty());
        assert_eq!(kept(&KeptFilter::of(&[key]).unwrap()).await, expected);
    }
    assert!(KeptFilter::of(&[Condition::Open]).is_err(), "a condition of refunds");
}
