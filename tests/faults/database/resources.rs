//! The database is there, but somebody or something is in the way.

use private_postgres::Durability;
use sqlx::{Connection, PgConnection};

use super::scene::Scene;
use super::small_disk::SmallDisk;
use crate::client::eventually;
use crate::given::say;
use crate::postgres::Postgres;

/// What is said where the machine does not let us make a small disk.
const NO_DISK: &str = "not proved here: mounting a small disk needs root";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_held_by_a_stranger() {
    let mut scene = Scene::begin("a lock is held by a stranger").await;
    let mut stranger = PgConnection::connect(scene.postgres.url()).await.unwrap();
    let lock = "begin; lock table refund_inbox.refunds in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut stranger).await.unwrap();
    scene.is_refused().await;
    sqlx::raw_sql("rollback").execute(&mut stranger).await.unwrap();
    scene.all_is_well();
    scene.finish().await;
}

/// Statements take longer than they may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_time_out() {
    let mut scene = Scene::begin("statements time out").await;
    let slow = "create function refund_inbox.slow() returns trigger language plpgsql
            as $$ begin perform pg_sleep(600); return null; end $$;
        create trigger slow before insert on refund_inbox.deliveries
            for each statement execute function refund_inbox.slow()";
    scene.postgres.run(slow).await;
    scene.is_refused().await;
    scene.postgres.run("drop trigger slow on refund_inbox.deliveries").await;
    scene.all_is_well();
    scene.finish().await;
}

/// The disk of the tables is full; the server goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_the_tables_is_full() {
    const NAME: &str = "the disk of the tables is full";
    let Some(disk) = SmallDisk::mount("tables", 48) else {
        return say(format!("{NAME}: {NO_DISK}"));
    };
    let postgres = Postgres::start(NAME).await;
    disk.give_to_the_owner_of(postgres.data());
    let location = disk.path().display();
    let elsewhere = postgres.url().replacen("/refund_inbox?", "/postgres?", 1);
    let mut administrator = PgConnection::connect(&elsewhere).await.unwrap();
    for statement in [
        format!("create tablespace small location '{location}'"),
        "alter database refund_inbox set tablespace small".to_owned(),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut administrator).await.unwrap();
    }
    let configuration = postgres.configuration();
    let mut scene = Scene::begin_with(NAME, postgres, &configuration).await;
    disk.fill();
    scene.is_refused().await;
    disk.empty();
    scene.all_is_well();
    scene.finish().await;
    drop(disk);
}

/// The disk of everything is full: the server cannot write its log and ends itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_of_everything_is_full() {
    const NAME: &str = "the disk of everything is full";
    let Some(disk) = SmallDisk::mount("everything", 256) else {
        return say(format!("{NAME}: {NO_DISK}"));
    };
    let postgres = Postgres::start_in(disk.path().join("state"), Durability::Durable).await;
    let configuration = postgres.configuration();
    let mut scene = Scene::begin_with(NAME, postgres, &configuration).await;
    disk.fill();
    scene.is_refused().await;
    // The next segment of its log does not fit.
    let url = scene.postgres.url().to_owned();
    eventually("the end of the server", async || {
        if let Ok(mut connection) = PgConnection::connect(&url).await {
            let _ = sqlx::raw_sql("select pg_switch_wal()").execute(&mut connection).await;
        }
        scene.postgres.has_ended()
    })
    .await;
    scene.is_refused().await;
    disk.empty();
    scene.postgres.start_again().await;
    scene.all_is_well();
    scene.finish().await;
    drop(disk);
}
