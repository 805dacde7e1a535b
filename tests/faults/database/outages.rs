//! The database is stopped, or does not answer.

use std::time::{Duration, Instant};

use testing::postgres::Postgres;
use testing::printing::print_always;
use testing::provider_sim::configuration;
use testing::relay::{Fate, Relay};
use testing::service::Service;
use testing::waiting::eventually;
use tokio::time::timeout;

use super::scene::{PROMISED, Scene};
use super::sessions::{make_read_only, make_writable};

/// How long a process may take to give up.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn down_in_service() {
    let mut scene = Scene::begin("down in service").await;
    scene.postgres.stop().await;
    scene.is_out_of_service().await;
    scene.postgres.start_again().await;
    scene.all_is_well();
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarted() {
    let mut scene = Scene::begin("restarted").await;
    scene.postgres.stop().await;
    scene.postgres.start_again().await;
    scene.all_is_well();
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashed() {
    let mut scene = Scene::begin("crashed").await;
    scene.postgres.kill_all().await;
    scene.is_out_of_service().await;
    scene.postgres.start_again().await;
    scene.all_is_well();
    scene.finish().await;
}

/// The server accepts connections and never answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hung() {
    let mut scene = Scene::begin("hung").await;
    scene.postgres.freeze();
    scene.is_out_of_service().await;
    scene.postgres.thaw();
    scene.all_is_well();
    scene.finish().await;
}

/// The network loses everything, and no connection is ever refused or reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreachable() {
    let postgres = Postgres::start_migrated("unreachable").await;
    let relay = Relay::to(postgres.url()).await;
    let reached = configuration(&relay.url);
    let mut scene = Scene::begin_with("unreachable", postgres, &reached).await;
    relay.set(Fate::Vanishes);
    scene.is_out_of_service().await;
    relay.set(Fate::Arrives);
    scene.all_is_well();
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn down_at_the_start() {
    let postgres = Postgres::start_migrated("down at the start").await;
    let configuration = configuration(postgres.url());
    postgres.stop().await;
    let service = Service::launch(&configuration);
    service.says("waiting for the database").await;
    postgres.start_again().await;
    let service = serves_in_time("down at the start", service).await;
    let mut scene = Scene::around("down at the start", postgres, service);
    scene.all_is_well();
    scene.finish().await;
}

/// The service also waits for a server that accepts connections and does not answer yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hung_at_the_start() {
    let postgres = Postgres::start_migrated("hung at the start").await;
    postgres.freeze();
    let service = Service::launch(&configuration(postgres.url()));
    service.says("waiting for the database").await;
    postgres.thaw();
    serves_in_time("hung at the start", service).await;
}

/// The service waits for a server that takes no writes yet, such as a standby before its promotion.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only_at_the_start() {
    let postgres = Postgres::start_migrated("read-only at the start").await;
    make_read_only(&postgres).await;
    let service = Service::launch(&configuration(postgres.url()));
    service.says("waiting for the database").await;
    make_writable(&postgres).await;
    serves_in_time("read-only at the start", service).await;
}

async fn serves_in_time(name: &str, service: Service) -> Service {
    let returned = Instant::now();
    service.serves().await;
    let after = returned.elapsed();
    print_always(format!("{name}: serves {} ms after the return", after.as_millis()));
    assert!(after < PROMISED, "serves {after:?} after the return");
    service
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn down_at_the_start_without_waiting() {
    let postgres = Postgres::start_migrated("no waiting").await;
    let configuration = without_waiting(&postgres);
    postgres.stop().await;
    let mut service = Service::launch(&configuration);
    assert_eq!(timeout(PATIENCE, service.wait()).await.unwrap().code(), Some(1));
    eventually("its last words", async || !service.said().is_empty()).await;
    assert_eq!(service.said().len(), 1, "{:?}", service.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hung_at_the_start_without_waiting() {
    let postgres = Postgres::start_migrated("no waiting, hung").await;
    postgres.freeze();
    let mut service = Service::launch(&without_waiting(&postgres));
    assert_eq!(timeout(PATIENCE, service.wait()).await.unwrap().code(), Some(1));
}

fn without_waiting(postgres: &Postgres) -> String {
    let waiting = "[database]";
    configuration(postgres.url()).replacen(waiting, "[database]\nstartup_timeout_seconds = 0", 1)
}
