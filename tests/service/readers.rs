//! Look-ups need nothing that recording needs: no right to write, no primary, no lock and no
//! connection.

mod look_ups;

use look_ups::Place;
use testing::client::{CLIENT, post};
use testing::database::Database;
use testing::many;
use testing::notifications::eftpay;
use testing::postgres::{self, Pair};
use testing::receiver::ACCOUNTS;
use testing::service::{Service, usual};
use testing::waiting::eventually;

#[tokio::test]
async fn look_ups_work_in_sessions_that_cannot_write() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, 40).await;
    let name = "select current_database() as name, current_setting('server_version') as version";
    let name = database.row(name).await["name"].as_str().unwrap().to_owned();
    // As on a standby: every transaction is read-only.
    let read_only = format!("alter database \"{name}\" set default_transaction_read_only = on");
    database.execute(&read_only).await;
    check_without_writing(&Place::on(&url), &database).await;
}

#[tokio::test]
async fn look_ups_work_for_a_user_who_may_only_read() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, 40).await;
    let name = database.row("select current_database() as name").await;
    let user = format!("only_reads_{}", name["name"].as_str().unwrap());
    database
        .execute(&format!(
            "create role {user} login;
             grant usage on schema refund_inbox, refunds_v1 to {user};
             grant select on all tables in schema refund_inbox, refunds_v1 to {user}"
        ))
        .await;
    let url = url.replace("user=refund_inbox", &format!("user={user}"));
    assert!(url.contains(&user), "{url}");
    check_without_writing(&Place::on(&url), &database).await;
}

#[tokio::test]
async fn look_ups_work_on_a_standby() {
    let pair = Pair::start().await;
    let store = postgres::store(pair.primary.url());
    store.migrate(testing::receiver::NOW.date()).await.unwrap();
    let primary = pair.primary.content();
    many::write(&primary, 40).await;
    let standby = pair.standby.content();
    let last = "refund_inbox.refused_deliveries";
    let there = primary.count(last).await;
    eventually("the rows on the standby", async || standby.count(last).await == there).await;
    assert_eq!(standby.row("select pg_is_in_recovery() as standby").await["standby"], true);
    check_without_writing(&Place::on(pair.standby.url()), &standby).await;
}

/// Looks everything up where nothing can be written. Checks that what the audit must note is not
/// done there, or not shown.
async fn check_without_writing(place: &Place, content: &Database) {
    let wrong = place.look_everything_up(content).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(content.count("refund_inbox.audit").await, 0);
    let expected = "the audit must note who does this, and the database is read-only";
    for line in ["refunds list --csv", "deliveries list --csv", "reports totals --csv"] {
        let exported = place.run(line).await;
        assert_eq!((exported.status, exported.out.as_str()), (1, ""), "{line}");
        let expected = format!("refund-inbox: {expected}");
        assert!(exported.err.starts_with(&expected), "{line}: {}", exported.err);
        assert_eq!(exported.err.lines().count(), 1, "{line}: {}", exported.err);
    }
    let body = "select encode(body, 'escape') as body, delivery_id
        from refund_inbox.deliveries where verdict = 'recorded' limit 1";
    let row = content.row(body).await;
    let (body, id) = (row["body"].as_str().unwrap(), row["delivery_id"].as_str().unwrap());
    for format in ["", " --json"] {
        let shown = place.run(&format!("deliveries show {id}{format}")).await;
        assert!(!shown.out.contains(body) && !shown.out.contains("application/json"), "{shown:?}");
        assert!(!shown.out.contains("body_base64"), "{shown:?}");
        let expected = format!("headers and body are not shown: {expected}");
        assert!(shown.err.contains(&expected), "{shown:?}");
    }
    let resolved = place.run("refunds resolve R1 --note n").await;
    assert_eq!(resolved.status, 1, "{}", resolved.err);
    let says_why = resolved.err.contains("read-only") || resolved.err.contains("permission denied");
    assert!(says_why, "{}", resolved.err);
}

#[tokio::test]
async fn look_ups_take_no_lock_that_recording_waits_for() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, 40).await;
    let place = Place::on(&url);
    // Bodies are shown where the audit cannot note it, so it is not locked.
    let tables = "select string_agg(format('%I.%I', schemaname, tablename), ', ') as all
        from pg_tables where schemaname = 'refund_inbox' and tablename <> 'audit'";
    let tables = database.row(tables).await["all"].as_str().unwrap().to_owned();
    let mut holder = database.connect().await;
    // This mode conflicts with every lock but that of a plain select.
    let lock = format!("begin; lock table {tables} in exclusive mode");
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut holder).await.unwrap();
    for number in 7_301_946_318_027_151_i64..=7_301_946_318_027_155 {
        let lock = format!("select pg_advisory_lock({number})");
        sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut holder).await.unwrap();
    }
    let wrong = place.look_everything_up(&database).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn look_ups_at_the_private_postgres_of_a_service_leave_its_lock_alone() {
    let directory = testing::service::open_directory();
    let state = directory.path().join("state");
    testing::postgres::lay_out(&state).await;
    let lines = format!("[embedded]\ndirectory = {:?}\n", state.to_str().unwrap());
    let service = Service::start(&format!("{lines}{ACCOUNTS}")).await;
    let url = std::fs::read_to_string(state.join("url")).unwrap();
    let content = Database::new(&url);
    many::write(&content, 40).await;
    // Whoever opens the lock fails now, instead of waiting for the service.
    std::fs::rename(state.join("lock"), state.join("lock of the service")).unwrap();
    std::fs::create_dir(state.join("lock")).unwrap();
    let place = Place::with(&lines);
    let wrong = place.look_everything_up(&content).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    drop(content);
    drop(service);
}

#[tokio::test]
async fn readers_that_wait_take_no_connection_from_recording_and_recording_none_from_them() {
    let (configuration, database) = usual().await;
    let few = configuration.replace("[database]\n", "[database]\nmax_connections = 2\n");
    let service = Service::start(&few).await;
    let (public, operator) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    let get = |path: &str| CLIENT.get(format!("http://{operator}/api/v1{path}")).send();

    let mut holder = database.connect().await;
    // `status` reads the dismissals; recording does not.
    let lock = "begin; lock table refund_inbox.dismissals in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
    let waiting: Vec<_> = (0..6).map(|_| tokio::spawn(get("/status"))).collect();
    let blocked = "pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database() and query ~ 'dismissals'";
    eventually("waiting readers", async || database.count(blocked).await >= 3).await;
    assert!(post(&url, &[], eftpay("R1", &[])).await.is_success());
    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    for one in waiting {
        assert_eq!(one.await.unwrap().unwrap().status(), 200);
    }

    let held = database.hold_commits().await;
    let delivery = tokio::spawn({
        let url = url.clone();
        async move { post(&url, &[], eftpay("R2", &[])).await }
    });
    database.until_a_commit_is_held().await;
    for path in ["/refunds", "/refunds/R1", "/deliveries", "/status", "/reports/totals", "/events"]
    {
        let answer = get(path).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    assert!(!delivery.is_finished());
    held.release().await;
    assert!(delivery.await.unwrap().is_success());
}
