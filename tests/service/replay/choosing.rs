//! Which deliveries a run selects, and which problems do not stop it.

use refund_providers::contract::Verdict;

use super::*;

#[tokio::test]
async fn filters_restrict_by_account_verdict_reason_time_and_id() {
    let (store, database) = fresh().await;
    let hour = |hours| NOW + Duration::hours(hours);
    let hk = refuse(&store, ("eftpay", "hk"), hour(0), &eftpay("R1", &[])).await;
    let ph = refuse(&store, ("paycools", "ph"), hour(1), &paycools("R2", &[])).await;
    let amount =
        keep_unreadable(&database, hour(2), "invalid_amount:return_amount", &eftpay("R3", &[]))
            .await;
    let opened = keep_unreadable(&database, hour(3), "undecryptable", &eftpay("R4", &[])).await;
    let accounts = accounts(ACCOUNTS);
    let text = |text: &str| Some(text.to_owned());
    let any = KeptFilter::default;
    let cases = [
        (any(), vec![hk, ph, amount, opened]),
        (KeptFilter { account: text("hk"), ..any() }, vec![hk, amount, opened]),
        (KeptFilter { account: text("nobody"), ..any() }, vec![]),
        (KeptFilter { verdicts: Some(vec![Verdict::Refused]), ..any() }, vec![hk, ph]),
        (KeptFilter { verdicts: Some(vec![Verdict::Unreadable]), ..any() }, vec![amount, opened]),
        (KeptFilter { reason: text("invalid_amount"), ..any() }, vec![amount]),
        (KeptFilter { reason: text("invalid_amount:return_amount"), ..any() }, vec![amount]),
        (KeptFilter { reason: text("undecryptable"), ..any() }, vec![opened]),
        (KeptFilter { reason: text("signature_mismatch"), ..any() }, vec![hk, ph]),
        (KeptFilter { since: Some(hour(1)), ..any() }, vec![ph, amount, opened]),
        (KeptFilter { until: Some(hour(2)), ..any() }, vec![hk, ph]),
        (KeptFilter { since: Some(hour(1)), until: Some(hour(2)), ..any() }, vec![ph]),
        (KeptFilter { delivery_ids: Some(vec![opened, hk]), ..any() }, vec![hk, opened]),
    ];
    for (filter, expected) in cases {
        let results = run(&store, &accounts, &filter, Mode::DryRun).await;
        let results: Vec<Uuid> = results.iter().map(|replayed| replayed.kept.delivery_id).collect();
        assert_eq!(results, expected, "{filter:?}");
    }
    let recording = configuration("").recording;
    let replay = Replay {
        accounts: &accounts,
        store: &store,
        recording: &recording,
        began: hour(3),
        mode: Mode::DryRun,
    };
    let mut results = Vec::new();
    let report = |replayed: Replayed| {
        results.push(replayed.kept.delivery_id);
        Ok::<(), StoreError>(())
    };
    replay.run(&any(), Some(2), report).await.unwrap();
    assert_eq!(results, [hk, ph], "the oldest two");
    results.clear();
    let report = |replayed: Replayed| {
        results.push(replayed.kept.delivery_id);
        Ok::<(), StoreError>(())
    };
    replay.run(&any(), None, report).await.unwrap();
    assert_eq!(
        results,
        [hk, ph, amount],
        "a delivery that arrives after the beginning is left out"
    );
}

#[tokio::test]
async fn removed_accounts_and_damaged_rows_do_not_affect_other_deliveries() {
    let (store, database) = fresh().await;
    refuse(&store, ("eftpay", "closed-shop"), NOW, &eftpay("R1", &[])).await;
    // The name exists, but the account now belongs to another provider.
    refuse(&store, ("eftpay", "ph"), NOW, &eftpay("R2", &[])).await;
    let damaged = refuse(&store, ("eftpay", "hk"), NOW, &eftpay("R3", &[])).await;
    let damage = format!(
        "update refund_inbox.refused_deliveries set headers = '{{}}' where delivery_id = '{damaged}'"
    );
    database.execute(&damage).await;
    refuse(&store, ("eftpay", "hk"), NOW, &eftpay("R4", &[])).await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates[..3], [Fate::NoSuchAccount, Fate::NoSuchAccount, Fate::Damaged]);
    assert_eq!(outcome(&fates[3]), Some(Outcome::Recorded));
    assert_eq!(database.row("select * from refunds_v1.refunds").await["merchant_refund_id"], "R4");
}

#[tokio::test]
async fn a_page_ends_when_its_bodies_fill_it() {
    let (store, database) = fresh().await;
    let wide = |refund: &str| eftpay(refund, &[("extra", json!("x".repeat(3 << 20)))]);
    for number in 0..5 {
        let at = NOW + Duration::seconds(number);
        refuse(&store, ("eftpay", "hk"), at, &wide(&format!("R{number}"))).await;
    }
    let page = store.kept(&KeptFilter::default(), Uuid::nil(), 64).await.unwrap();
    assert_eq!(page.len(), 3, "8 MiB and the body that fills them");
    assert_eq!(repair(&database, ACCOUNTS).await.len(), 5);
    assert_eq!(database.count("refunds_v1.refunds").await, 5);
}
