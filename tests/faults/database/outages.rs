//! The database is not there, or does not answer.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::scene::Scene;
use crate::client::eventually;
use crate::given::say;
use crate::postgres::{Postgres, configuration};
use crate::relay::{Fate, Relay};
use crate::service::Service;

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

/// Connections are taken and nothing is said on them.
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
    let postgres = Postgres::start("unreachable").await;
    let relay = Relay::to(postgres.socket()).await;
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
    let mut postgres = Postgres::start("down at the start").await;
    let configuration = postgres.configuration();
    postgres.stop().await;
    let mut service = Service::launch(&configuration);
    service.says("waiting for the database").await;
    postgres.start_again().await;
    let returned = Instant::now();
    service.serves().await;
    let after = returned.elapsed();
    say(format!("down at the start: serves {} ms after the return", after.as_millis()));
    assert!(after < Duration::from_secs(5), "serves {after:?} after the return");
    let mut scene = Scene::around("down at the start", postgres, service);
    scene.all_is_well();
    scene.finish().await;
}

/// A server that takes connections and does not answer is waited for as well, and then gone on with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hung_at_the_start() {
    let postgres = Postgres::start("hung at the start").await;
    postgres.freeze();
    let mut service = Service::launch(&postgres.configuration());
    service.says("waiting for the database").await;
    postgres.thaw();
    let returned = Instant::now();
    service.serves().await;
    let after = returned.elapsed();
    say(format!("hung at the start: serves {} ms after the return", after.as_millis()));
    assert!(after < Duration::from_secs(5), "serves {after:?} after the return");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn down_at_the_start_where_nobody_wants_to_wait() {
    let mut postgres = Postgres::start("no waiting").await;
    let configuration = without_waiting(&postgres);
    postgres.stop().await;
    let mut service = Service::launch(&configuration);
    assert_eq!(timeout(PATIENCE, service.ends()).await.unwrap().code(), Some(1));
    eventually("its last words", async || !service.said().is_empty()).await;
    assert_eq!(service.said().len(), 1, "{:?}", service.said());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hung_at_the_start_where_nobody_wants_to_wait() {
    let postgres = Postgres::start("no waiting, hung").await;
    postgres.freeze();
    let mut service = Service::launch(&without_waiting(&postgres));
    assert_eq!(timeout(PATIENCE, service.ends()).await.unwrap().code(), Some(1));
}

fn without_waiting(postgres: &Postgres) -> String {
    let waiting = "[database]";
    postgres.configuration().replacen(waiting, "[database]\nstartup_timeout_seconds = 0", 1)
}
