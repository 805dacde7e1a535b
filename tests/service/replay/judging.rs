//! Which stored deliveries have a new result, and which stay unchanged.

use super::*;

#[tokio::test]
async fn hazard_25_kept_deliveries_are_judged_at_the_time_of_their_receipt() {
    let (right, wrong) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let relay = |secret: &str| {
        format!("[accounts.cn]\nprovider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"{secret}\"]\n")
    };
    let cases = [
        ("wechatpay/cn", wechatpay(&right, V3_KEY), wechatpay(&wrong, V3_KEY), Some(&right)),
        ("nomad/cn", relay("right"), relay("wrong"), None),
    ];
    for (route, right, wrong, key) in cases {
        let url = postgres::shared().database().await;
        let receiver = Setup::on(url).with(&wrong).start();
        let fresh = simulate(&right, key, NOW, "fresh");
        // Stale when it arrived, and signed exactly at the time of the replay.
        let stale = simulate(&right, key, MUCH_LATER, "stale");
        for simulated in [&fresh, &stale] {
            assert_eq!(send(&receiver, route, simulated).await.status, 401, "{route}");
        }
        let database = &receiver.database;
        database.until_count("refund_inbox.refused_deliveries", 2).await;

        let fates = repair(database, &right).await;
        assert_eq!(fates.len(), 2, "{route}");
        let recorded: Vec<_> = fates.iter().filter_map(outcome).collect();
        assert_eq!(recorded, [Outcome::Recorded], "{route}: {fates:?}");
        assert!(fates.contains(&Fate::Refused(Refusal::Stale)), "{route}: {fates:?}");

        let refund = database.row("select * from refunds_v1.refunds").await;
        assert_eq!(refund["merchant_refund_id"], "refund-fresh");
        assert_eq!(refund["status"], "succeeded");
        for column in ["first_received_at", "last_received_at"] {
            assert_eq!(refund[column], "2026-11-22T03:06:45+00:00", "{route} {column}");
        }
        let event = database.row("select received_at from refunds_v1.refund_events").await;
        assert_eq!(event["received_at"], "2026-11-22T03:06:45+00:00");
    }
}

#[tokio::test]
async fn hazard_11_a_delivery_that_our_wrong_key_did_not_decrypt_is_recorded_after_the_key_is_corrected()
 {
    let key = SigningKey::generate().unwrap();
    let right = wechatpay(&key, V3_KEY);
    let wrong = wechatpay(&key, &V3_KEY.replace('0', "x"));
    let receiver = Setup::usual().await.with(&wrong).start();
    let sent = simulate(&right, Some(&key), NOW, "R1");
    assert_eq!(send(&receiver, "wechatpay/cn", &sent).await.status, 500);
    let database = &receiver.database;

    // Without a repair, a replay changes nothing.
    let before = everything(database).await;
    assert_eq!(repair(database, &wrong).await, [Fate::StillUnreadable]);
    assert_eq!(everything(database).await, before);

    let fates = repair(database, &right).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let refund = database.row("select * from refunds_v1.refunds").await;
    assert_eq!(refund["merchant_refund_id"], "refund-R1");
    let old = "select * from refunds_v1.deliveries where verdict = 'unreadable'";
    let old = database.row(old).await;
    assert_eq!((&old["reason"], &old["response_status"]), (&json!("undecryptable"), &json!(500)));
    let new = database.row("select * from refunds_v1.deliveries where verdict = 'recorded'").await;
    assert_eq!(new["replayed_from"], old["delivery_id"]);
    assert_eq!(new["received_at"], old["received_at"]);
    assert_eq!(new["body_sha256"], old["body_sha256"]);
    assert_eq!((&new["response_status"], &new["response_body"]), (&json!(0), &json!("")));
    let old_row = "select xmin::text from refund_inbox.deliveries where verdict = 'unreadable'";
    let written = before.iter().find(|row| row["table"] == "deliveries").unwrap();
    assert_eq!(database.row(old_row).await["xmin"], written["xmin"], "the old row is unchanged");
}

#[tokio::test]
async fn hazard_11_a_delivery_that_an_older_version_could_not_read_is_recorded_by_this_version() {
    let (store, database) = fresh().await;
    let id =
        keep_unreadable(&database, NOW, "invalid_amount:return_amount", &eftpay("R1", &[])).await;
    let results = run(&store, &accounts(ACCOUNTS), &KeptFilter::default(), Mode::Apply).await;
    let [Replayed { kept, fate: Fate::Recorded(new) }] = results.as_slice() else {
        panic!("{results:?}");
    };
    assert_eq!(kept.delivery_id, id);
    assert_eq!(new.outcome, Outcome::Recorded);
    assert_eq!(new.refunds, [("R1".to_owned(), RefundStatus::Succeeded)]);
    assert_eq!(database.row("select * from refunds_v1.refunds").await["status"], "succeeded");

    // The provider's own repeat is now a duplicate.
    let receiver = Setup::on(database.url().to_owned()).start();
    assert!(receiver.post("eftpay/hk", &eftpay("R1", &[])).await.is_success());
    let newest = "select * from refunds_v1.deliveries where replayed_from is null
        order by delivery_id desc limit 1";
    assert_eq!(database.row(newest).await["verdict"], "duplicate");
}

#[tokio::test]
async fn hazard_07_a_success_that_was_refused_is_recorded_at_any_age() {
    let (store, database) = fresh().await;
    let at = |time: &str| ("gmt_payment", json!(time));
    let failed = eftpay("R1", &[("trade_status", json!("TRADE_FAIL")), at("2019-01-01 00:00:00")]);
    let succeeded = eftpay("R1", &[at("2019-01-02 00:00:00")]);
    let years_ago = datetime!(2019-01-02 01:00:00 UTC);
    refuse(&store, ("eftpay", "hk"), years_ago, &succeeded).await;
    let receiver = Setup::on(database.url().to_owned()).start();
    assert!(receiver.post("eftpay/hk", &failed).await.is_success());

    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let refund = database.row("select * from refunds_v1.refunds").await;
    assert_eq!((&refund["status"], &refund["conflicting"]), (&json!("succeeded"), &json!(true)));
    assert_eq!(refund["first_received_at"], "2019-01-02T01:00:00+00:00");
    // There is no partition for that month, and none is needed.
    let place = "select relname as place from refund_inbox.deliveries as d
        join pg_class on pg_class.oid = d.tableoid where replayed_from is not null";
    assert_eq!(database.row(place).await["place"], "deliveries_default");
}

#[tokio::test]
async fn hazard_10_a_group_that_is_replayed_again_changes_nothing() {
    let (store, database) = fresh().await;
    let notification = |refund: &str, word: &str| eftpay(refund, &[("trade_status", json!(word))]);
    let mut ids = Vec::new();
    for number in 0..70_i64 {
        let word = ["TRADE_PROCESSING", "TRADE_REFUND", "TRADE_FAIL"][(number % 3) as usize];
        let body = notification(&format!("R{}", number % 30), word);
        ids.push(refuse(&store, ("eftpay", "hk"), NOW + Duration::seconds(number), &body).await);
    }
    let first = repair(&database, ACCOUNTS).await;
    assert_eq!(first.len(), 70);
    assert!(first.iter().all(|fate| outcome(fate).is_some()), "{first:?}");
    let after = everything(&database).await;
    for filter in
        [KeptFilter::default(), KeptFilter { delivery_ids: Some(ids), ..KeptFilter::default() }]
    {
        let again = run(&store, &accounts(ACCOUNTS), &filter, Mode::Apply).await;
        assert!(again.is_empty(), "{again:?}");
        assert_eq!(everything(&database).await, after);
    }
    let counted = "select sum(delivery_count) as n from refunds_v1.refunds";
    assert_eq!(database.row(counted).await["n"], 70);
    let (amounts, events) = ("select distinct amount_minor from refunds_v1.refunds", 30);
    assert_eq!(database.row(amounts).await["amount_minor"], 8850);
    assert_eq!(database.count("refunds_v1.refund_events").await, events);
}

#[tokio::test]
async fn a_delivery_that_is_still_refused_or_unreadable_stays_unchanged() {
    let (store, database) = fresh().await;
    let forged = eftpay("R1", &[]).replace("88.50", "88.51");
    refuse(&store, ("eftpay", "hk"), NOW, &forged).await;
    let unreadable = eftpay("R2", &[("refund_no", json!(null))]);
    keep_unreadable(&database, NOW, "missing_field:refund_no", &unreadable).await;
    // It was authentic under a key that is gone. What is kept for repair is not deleted.
    keep_unreadable(&database, NOW, "invalid_time:time", &forged).await;
    let before = everything(&database).await;
    let mismatch = Fate::Refused(Refusal::SignatureMismatch);
    let mut fates = repair(&database, ACCOUNTS).await;
    fates.sort_by_key(|fate| *fate == Fate::StillUnreadable);
    assert_eq!(fates, [mismatch.clone(), mismatch, Fate::StillUnreadable]);
    assert_eq!(everything(&database).await, before);
}

#[tokio::test]
async fn a_refused_delivery_that_is_authentic_but_unreadable_leaves_quarantine_and_can_be_replayed()
{
    let (store, database) = fresh().await;
    let unreadable = eftpay("R1", &[("refund_no", json!(null))]);
    refuse(&store, ("eftpay", "hk"), NOW, &unreadable).await;
    for _ in 0..2 {
        let fates = repair(&database, ACCOUNTS).await;
        assert_eq!(fates.len(), 1, "{fates:?}");
    }
    let kept = database.row("select * from refund_inbox.deliveries").await;
    assert_eq!(kept["verdict"], "unreadable");
    assert_eq!(kept["reason"], "missing_field:refund_no");
    assert_eq!(kept["peer"], "192.0.2.7");

    // A later version reads it. Here, a body that this version reads takes its place.
    let hex = HEXLOWER.encode(eftpay("R1", &[]).as_bytes());
    database.execute(&format!("update refund_inbox.deliveries set body = '\\x{hex}'")).await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    let recorded = database.row("select * from refunds_v1.deliveries where verdict = 'recorded'");
    assert_eq!(recorded.await["replayed_from"], kept["delivery_id"]);
    assert_eq!(database.row("select * from refunds_v1.refunds").await["delivery_count"], 1);
}

#[tokio::test]
async fn a_delivery_that_the_database_still_refuses_is_kept_once_and_does_not_affect_its_siblings()
{
    let (store, database) = fresh().await;
    database
        .execute("alter table refund_inbox.refund_events add check (merchant_refund_id <> 'R1')")
        .await;
    for refund in ["R0", "R1", "R2"] {
        refuse(&store, ("eftpay", "hk"), NOW, &eftpay(refund, &[])).await;
    }
    let fates = repair(&database, ACCOUNTS).await;
    let outcomes: Vec<_> = fates.iter().filter_map(outcome).collect();
    assert_eq!(outcomes, [Outcome::Recorded, Outcome::Unreadable, Outcome::Recorded]);
    let kept = "select * from refunds_v1.deliveries where verdict = 'unreadable'";
    assert_eq!(database.row(kept).await["reason"], "store_refused");

    let before = everything(&database).await;
    assert_eq!(repair(&database, ACCOUNTS).await, [Fate::StillUnreadable]);
    let rows = |rows: Vec<Map<String, Value>>| -> Vec<Map<String, Value>> {
        // A failed transaction may use up a number of the feed.
        rows.into_iter().filter(|row| row.contains_key("table")).collect()
    };
    assert_eq!(rows(everything(&database).await), rows(before));

    database
        .execute("alter table refund_inbox.refund_events drop constraint refund_events_merchant_refund_id_check")
        .await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.iter().map(outcome).collect::<Vec<_>>(), [Some(Outcome::Recorded)]);
    assert_eq!(database.count("refunds_v1.refunds").await, 3);
}
