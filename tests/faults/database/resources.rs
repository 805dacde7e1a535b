//! The database is there, but another client or a full disk is in the way.

use private_postgres::Durability;
use sqlx::{Connection, PgConnection};
use testing::postgres::Postgres;
use testing::printing::print_always;
use testing::provider_sim::configuration;
use testing::waiting::eventually;

use super::scene::Scene;
use super::small_disk::SmallDisk;

/// Printed where the machine does not allow a small disk.
const NO_DISK: &str = "not proved here: mounting a small disk needs root";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_client_holds_a_lock() {
    let mut scene = Scene::begin("another client holds a lock").await;
    let mut other = PgConnection::connect(scene.postgres.url()).await.unwrap();
    let lock = "begin; lock table refund_inbox.refunds in access exclusive mode";
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    scene.is_refused().await;
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
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
        return print_always(format!("{NAME}: {NO_DISK}"));
    };
    let postgres = Postgres::start_migrated(NAME).await;
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
    let configuration = configuration(postgres.url());
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
        return print_always(format!("{NAME}: {NO_DISK}"));
    };
    let postgres =
        Postgres::start_migrated_in(disk.path().join("state"), Durability::Durable).await;
    let configuration = configuration(postgres.url());
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
