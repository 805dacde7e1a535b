//! The database is there, but the service's sessions are cut or changed.

use std::time::Duration;

use refund_inbox::store::{ConnectSettings, Store};
use sqlx::{Connection, PgConnection};
use testing::postgres::Postgres;
use testing::provider_sim::configuration;
use testing::relay::{Fate, Relay};
use testing::scenario::now;
use testing::waiting::eventually;
use tokio::time::timeout;

use super::scene::Scene;

/// Ends every session of services.
const TERMINATE: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'refund-inbox'";

/// How many commits a scenario affects.
const SEVERAL: usize = 5;

/// The commit of a group does not arrive: nothing of it is stored, and the service cannot know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_just_before_the_commit() {
    with_commits_that_meet("cut just before the commit", Fate::CutBeforeCommit).await;
}

/// The commit is executed and its answer lost. Everything is stored, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_between_the_commit_and_its_answer() {
    with_commits_that_meet("cut between the commit and its answer", Fate::CutAfterCommit).await;
}

/// The commit is executed and the answer never comes, though the connection stays open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_a_commit_that_never_comes() {
    with_commits_that_meet("an answer to a commit that never comes", Fate::AnswerStays).await;
}

async fn with_commits_that_meet(name: &'static str, fate: Fate) {
    let postgres = Postgres::start_migrated(name).await;
    let mut relay = Relay::to(postgres.url()).await;
    let reached = configuration(&relay.url);
    let mut scene = Scene::begin_with(name, postgres, &reached).await;
    relay.set(fate);
    relay.has_struck(SEVERAL).await;
    relay.set(Fate::Arrives);
    scene.all_is_well();
    scene.finish().await;
}

/// The session ends between its work and its commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_terminated_in_the_middle_of_its_transaction() {
    let mut scene = Scene::begin("terminated in the middle of a transaction").await;
    let database = scene.postgres.content();
    for _ in 0..SEVERAL {
        let held = database.hold_commits().await;
        database.until_a_commit_is_held().await;
        database.execute(TERMINATE).await;
        held.release().await;
        scene.is_at_work().await;
    }
    scene.all_is_well();
    scene.finish().await;
}

/// Every commit is on disk here and waits for a standby that is gone. A success would be wrong,
/// because a failover loses the commit. That holds even after the waiting session is terminated,
/// which makes the commit readable here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_synchronous_standby_is_gone() {
    let mut scene = Scene::begin("the synchronous standby is gone").await;
    let database = scene.postgres.content();
    database.execute("alter system set synchronous_standby_names = 'gone'").await;
    database.execute("select pg_reload_conf()").await;
    // Everything that was committed before is answered by then.
    scene.is_refused().await;
    let before = scene.senders.ledger.acknowledged();
    let waiting = "pg_stat_activity where wait_event = 'SyncRep'";
    for _ in 0..SEVERAL {
        eventually("commits that wait", async || database.count(waiting).await > 0).await;
        database.execute(TERMINATE).await;
    }
    scene.is_refused().await;
    assert_eq!(scene.senders.ledger.acknowledged(), before, "acknowledged and not replicated");
    database.execute("alter system reset synchronous_standby_names").await;
    database.execute("select pg_reload_conf()").await;
    scene.all_is_well();
    scene.finish().await;
}

/// One process of the server is killed, and the server ends all sessions to recover.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_is_killed() {
    let mut scene = Scene::begin("a backend is killed").await;
    for choice in 0..2 {
        eventually("a session", async || scene.postgres.kill_a_backend(choice)).await;
        scene.is_at_work().await;
    }
    scene.all_is_well();
    scene.finish().await;
}

/// As after a failover in which the service still reaches the old primary.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only() {
    let mut scene = Scene::begin("read-only").await;
    make_read_only(&scene.postgres).await;
    scene.is_out_of_service().await;
    // The open sessions would otherwise stay read-only for ever.
    make_writable(&scene.postgres).await;
    scene.all_is_well();
    scene.finish().await;
}

pub(super) async fn make_read_only(postgres: &Postgres) {
    postgres.run("alter database refund_inbox set default_transaction_read_only = on").await;
    postgres.run(TERMINATE).await;
}

pub(super) async fn make_writable(postgres: &Postgres) {
    postgres
        .run(
            "begin read write; alter database refund_inbox reset default_transaction_read_only; \
             commit",
        )
        .await;
}

/// Other clients hold every connection that the server gives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connection_is_left() {
    let mut scene = Scene::begin("no connection is left").await;
    let url = scene.postgres.url().to_owned();
    let mut others: Vec<PgConnection> = Vec::new();
    let ours = "select count(*) from pg_stat_activity where application_name = 'refund-inbox'";
    loop {
        match PgConnection::connect(&url).await {
            Ok(other) => others.push(other),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("53300") => {
                let other = others.last_mut().unwrap();
                let left: i64 = sqlx::query_scalar(ours).fetch_one(&mut *other).await.unwrap();
                if left == 0 {
                    break;
                }
                sqlx::raw_sql(TERMINATE).execute(other).await.unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
    scene.is_refused().await;
    for other in others {
        other.close().await.unwrap();
    }
    scene.all_is_well();
    scene.finish().await;
}

/// A maintenance query whose answer never comes gives its connection back to the pool.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_session_does_not_keep_its_place_in_the_pool() {
    let postgres = Postgres::start_migrated("silent").await;
    let relay = Relay::to(postgres.url()).await;
    let store = Store::new(&ConnectSettings {
        url: relay.url.clone(),
        max_connections: 1,
        acquire_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(10),
    });
    let store = store.unwrap();
    let no_time = Duration::from_millis(200);
    store.answers().await.unwrap();
    relay.set(Fate::FallsSilent);
    assert!(timeout(no_time, store.conflicting_refunds()).await.is_err());
    relay.set(Fate::Arrives);
    store.answers().await.unwrap();
    relay.set(Fate::FallsSilent);
    assert!(timeout(no_time, store.measure_quarantine()).await.is_err());
    relay.set(Fate::Arrives);
    store.answers().await.unwrap();
    relay.set(Fate::FallsSilent);
    assert!(timeout(no_time, store.create_partitions(now().date())).await.is_err());
    relay.set(Fate::Arrives);
    store.answers().await.unwrap();
}
