//! Each delivery is replayed once: in a dry run, by two people, interrupted, or without a database.

use super::*;

#[tokio::test]
async fn a_dry_run_shows_the_repair_and_writes_nothing() {
    let (store, database) = fresh().await;
    let accounts = accounts(ACCOUNTS);
    let notification = |refund: &str, word: &str| eftpay(refund, &[("trade_status", json!(word))]);
    for (second, body) in [
        notification("R1", "TRADE_PROCESSING"),
        notification("R1", "TRADE_REFUND"),
        notification("R1", "TRADE_PROCESSING"),
        eftpay("R2", &[("trade_type", json!("SALE"))]),
        eftpay("R3", &[("refund_no", json!(null))]),
        eftpay("R4", &[]).replace("88.50", "88.51"),
    ]
    .iter()
    .enumerate()
    {
        let at = NOW + Duration::seconds(second as i64);
        refuse(&store, ("eftpay", "hk"), at, body).await;
    }
    let before = everything(&database).await;
    let rehearsed = run(&store, &accounts, &KeptFilter::default(), Mode::DryRun).await;
    assert_eq!(everything(&database).await, before);
    let outcomes: Vec<_> = rehearsed.iter().map(|replayed| outcome(&replayed.fate)).collect();
    assert_eq!(
        outcomes,
        [
            Some(Outcome::Recorded),
            Some(Outcome::Recorded),
            Some(Outcome::Duplicate),
            Some(Outcome::Ignored),
            Some(Outcome::Unreadable),
            None
        ]
    );

    let repaired = run(&store, &accounts, &KeptFilter::default(), Mode::Apply).await;
    let without_number = |replayed: &Replayed| match replayed.fate.clone() {
        Fate::Recorded(mut new) => {
            new.delivery_id = None;
            Fate::Recorded(new)
        }
        fate => fate,
    };
    assert_eq!(
        repaired.iter().map(without_number).collect::<Vec<_>>(),
        rehearsed.iter().map(without_number).collect::<Vec<_>>()
    );
    // The feed has the events in the order of receipt.
    let statuses = "select provider_status from refunds_v1.refund_events order by seq";
    let words: Vec<_> =
        database.rows(statuses).await.iter().map(|row| row["provider_status"].clone()).collect();
    assert_eq!(words, ["TRADE_PROCESSING", "TRADE_REFUND"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_who_replay_the_same_record_each_delivery_once() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    let held = database.hold_commits().await;
    let replay = || {
        let url = database.url().to_owned();
        tokio::spawn(async move {
            let all = KeptFilter::default();
            run(&postgres::store(&url), &accounts(ACCOUNTS), &all, Mode::Apply).await
        })
    };
    let people = [replay(), replay()];
    // One waits for the held commit, and the other waits for the first.
    let waiting = "pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()";
    eventually("both to wait for a lock", async || database.count(waiting).await == 2).await;
    held.release().await;
    let mut results = Vec::new();
    for person in people {
        results.extend(person.await.unwrap());
    }
    let recorded =
        results.iter().filter(|replayed| outcome(&replayed.fate) == Some(Outcome::Recorded));
    let recorded: BTreeSet<Uuid> = recorded.map(|replayed| replayed.kept.delivery_id).collect();
    assert_eq!(recorded.len(), 100);
    let superseded = results.iter().filter(|replayed| replayed.fate == Fate::Superseded).count();
    assert_eq!(superseded + 100, results.len(), "{results:?}");
    assert!(superseded >= 64, "both read the first page");
    for table in ["deliveries", "refund_events", "replays"] {
        assert_eq!(database.count(&format!("refund_inbox.{table}")).await, 100, "{table}");
    }
    let once = "refunds_v1.refunds where delivery_count = 1 and event_count = 1";
    assert_eq!(database.count(once).await, 100);
}

#[tokio::test]
async fn an_interrupted_replay_is_finished_by_the_next() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    // The second page waits in the middle of its transaction.
    let mut holder = database.connect().await;
    sqlx::query("select pg_advisory_lock(7)").execute(&mut holder).await.unwrap();
    database
        .execute(
            "create function hold() returns trigger language plpgsql as $$
             begin
                 if (select count(*) from refund_inbox.replays) >= 70 then
                     perform pg_advisory_xact_lock(7);
                 end if;
                 return new;
             end $$;
             create trigger hold before insert on refund_inbox.replays
                 for each row execute function hold()",
        )
        .await;
    let url = database.url().to_owned();
    let interrupted = tokio::spawn(async move {
        let all = KeptFilter::default();
        run(&postgres::store(&url), &accounts(ACCOUNTS), &all, Mode::Apply).await
    });
    database.until_a_commit_is_held().await;
    interrupted.abort();
    assert!(interrupted.await.is_err());
    drop(holder);
    let others = "pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and wait_event_type = 'Lock'";
    database.until_count(others, 0).await;
    assert_eq!(database.count("refund_inbox.deliveries").await, 64, "pages are whole");

    let rest = repair(&database, ACCOUNTS).await;
    assert_eq!(rest.len(), 36);
    let once = "refunds_v1.refunds where delivery_count = 1 and event_count = 1";
    assert_eq!(database.count(once).await, 100);
    assert_eq!(database.count("refund_inbox.deliveries").await, 100);
}

#[tokio::test]
async fn a_read_only_database_ends_the_run_and_nothing_is_reported_as_done() {
    let (store, database) = fresh().await;
    for number in 0..100 {
        let body = eftpay(&format!("R{number}"), &[]);
        refuse(&store, ("eftpay", "hk"), NOW + Duration::milliseconds(number), &body).await;
    }
    let name = "select current_database() as name";
    let name = database.row(name).await["name"].as_str().unwrap().to_owned();
    database
        .execute(&format!("alter database {name} set default_transaction_read_only = on"))
        .await;
    let fates = repair(&database, ACCOUNTS).await;
    assert_eq!(fates.len(), 64, "the second page was not tried");
    assert!(fates.iter().all(|fate| matches!(fate, Fate::NotStored(_))), "{fates:?}");
    // A dry run needs no write access.
    let all = KeptFilter::default();
    let read_only = postgres::store(database.url());
    let rehearsed = run(&read_only, &accounts(ACCOUNTS), &all, Mode::DryRun).await;
    assert_eq!(rehearsed.len(), 100);
}
