//! The plans of lists: each condition that selects few rows uses its index, and no list reads a
//! table that grows from its beginning to its end.

use refund_inbox::store::{Condition, ListError, ListQuery, Listed, ListedTime, Sort};
use refund_providers::contract::Verdict;
use refund_providers::refund::RefundStatus;
use testing::database::Database;
use testing::many;
use testing::postgres::{self, store_of};
use time::macros::datetime;
use uuid::Uuid;

#[tokio::test]
async fn no_list_reads_a_growing_table_sequentially_and_selective_conditions_use_their_index() {
    let database = Database::new(&postgres::shared().database().await);
    many::write(&database, 20_000).await;
    let store = store_of(&database);
    let early = datetime!(2026-08-26 00:00 UTC);
    let some = |text: &str| text.to_owned();
    let refund = database.row("select refund_id from refund_inbox.refunds limit 1").await;
    let refund: Uuid = refund["refund_id"].as_str().unwrap().parse().unwrap();
    let refunds = [
        (Condition::Account(some("hk")), "refunds_by_first_receipt"),
        (Condition::Provider(some("wechatpay")), "refunds_by_first_receipt"),
        (Condition::Provider(some("nobody")), "refunds_value_ranges"),
        (Condition::Currency(some("EUR")), "refunds_value_ranges"),
        (Condition::Order(some("O77")), "refunds_by_order"),
        (Condition::Payment(some("T77")), "refunds_by_payment"),
        (Condition::Amount("88.50".parse().unwrap()), "refunds_by_amount"),
        (Condition::Flag(some("reopened")), "refunds_"),
        (Condition::Flag(some("amount_derived")), "refunds_with_flag"),
        (Condition::Status(vec![RefundStatus::Canceled]), "refunds_in_status"),
        (Condition::Attention, "refunds"),
        (Condition::Conflicting, "refunds"),
        (Condition::Open, "refunds_by_"),
        (Condition::Until(ListedTime::Received, early), "refunds_by_first_receipt"),
        (Condition::Until(ListedTime::Updated, early), "refunds_by_update"),
        (Condition::Until(ListedTime::Completed, early), "refunds_by_completion"),
    ];
    // The index of a partition is named after the partition.
    let deliveries = [
        (Condition::Account(some("hk")), "_of_account"),
        (Condition::Account(some("nobody")), "_of_account"),
        (Condition::Provider(some("nobody")), "_sender_ranges"),
        (Condition::Key(some("key-1000")), "_sender_ranges"),
        (Condition::Client(some("192.0.2.1")), "_sender_ranges"),
        (Condition::Reason(some("missing_field:f1")), "_by_reason"),
        (Condition::Verdict(vec![Verdict::Refused]), "refused_by_received_at"),
        (Condition::Verdict(vec![Verdict::Unreadable]), "_unreadable"),
        (Condition::Waiting, "_received_at_delivery_id_account_reason_"),
        (Condition::Waiting, "refused_by_received_at"),
        (Condition::Until(ListedTime::Received, early), "_by_receipt"),
        (Condition::Refunds(vec![refund]), "_repeating_event"),
        (Condition::Replayed, "_of_replays"),
    ];
    let refunds = refunds.into_iter().map(|(one, index)| (Listed::Refunds, one, index));
    let deliveries = deliveries.into_iter().map(|(one, index)| (Listed::Deliveries, one, index));
    let mut breaches = Vec::new();
    for (listed, condition, index) in refunds.chain(deliveries) {
        let conditions = vec![condition];
        // As the command line sorts what it selects by a time.
        let sort = match &conditions[..] {
            [Condition::Until(by, _)] => Sort::latest_first(listed, *by).unwrap(),
            _ => Sort::newest_first(listed),
        };
        let query = ListQuery { conditions, sort, ..ListQuery::newest(listed, 50) };
        let plan = store.plan_of_list(&query).await.unwrap();
        if !plan.contains(index) {
            breaches.push(format!("{:?} does not use {index}:\n{plan}", query.conditions));
        }
        breaches.extend(sequential(&query, &plan));
    }
    let sorts = [
        (Listed::Refunds, "-first_received_at", "refunds_by_first_receipt"),
        (Listed::Refunds, "first_received_at", "refunds_by_first_receipt"),
        (Listed::Refunds, "updated_at", "refunds_by_update"),
        (Listed::Refunds, "-completed_at", "refunds_by_completion"),
        (Listed::Refunds, "refund_id", "refunds_pkey"),
        (Listed::Refunds, "merchant_refund_id", "refunds_by_merchant_refund"),
        (Listed::Refunds, "-provider_refund_id", "refunds_by_provider_refund"),
        (Listed::Refunds, "merchant_order_id", "refunds_by_order"),
        (Listed::Refunds, "-provider_payment_id", "refunds_by_payment"),
        (Listed::Refunds, "merchant_reference", "refunds_by_merchant_reference"),
        (Listed::Refunds, "-amount_minor", "refunds_by_amount"),
        (Listed::Deliveries, "received_at", "_by_receipt"),
        (Listed::Deliveries, "-delivery_id", "_pkey"),
    ];
    for (listed, word, index) in sorts {
        let sort = Sort::from_word(listed, word).unwrap();
        let query = ListQuery { sort, ..ListQuery::newest(listed, 50) };
        let plan = store.plan_of_list(&query).await.unwrap();
        if !plan.contains(index) {
            breaches.push(format!("a sort by {word} does not use {index}:\n{plan}"));
        }
        breaches.extend(sequential(&query, &plan));
    }
    for (listed, of_sorts) in [(Listed::Refunds, 10), (Listed::Deliveries, 2)] {
        let mut sortable = 0;
        for column in listed.columns().iter().filter(|column| column.is_sortable()) {
            let sort = Sort::from_word(listed, column.name).unwrap();
            match store.list(&ListQuery { sort, ..ListQuery::newest(listed, 1) }).await {
                Ok(_) => sortable += 1,
                Err(error) => assert!(matches!(error, ListError::TooManyToSort(_)), "{error}"),
            }
        }
        assert_eq!(sortable, of_sorts, "of {}, columns that sort all rows", listed.as_str());
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// Returns a breach if the plan reads a growing table from its beginning to its end.
fn sequential(query: &ListQuery, plan: &str) -> Option<String> {
    // Only kept deliveries are replayed, and few of them.
    let mut lines = plan.lines().filter(|line| !line.contains(" on replays"));
    let breach = lines.find(|line| line.contains("Seq Scan"));
    breach.map(|line| format!("{query:?}: {line}\n{plan}"))
}
