//! The end of a service, and the private Postgres of a service without a database URL.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use testing::client::{Answer, post};
use testing::notifications::paycools;
use testing::processes::{self, is_running};
use testing::program::run_command;
use testing::receiver::ACCOUNTS;
use testing::service::{Service, usual};
use testing::waiting::{PATIENCE, eventually};
use tokio::time::timeout;

#[tokio::test]
async fn sigterm_and_sigint_finish_requests_in_progress_and_exit_with_0() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (configuration, database) = usual().await;
        let service = Service::start(&configuration).await;
        let (public, _) = service.addresses();
        let url = format!("http://{public}/notify/paycools/ph");
        let held = database.hold_commits().await;
        let in_hand = tokio::spawn(async move { post(&url, &[], paycools("R1", &[])).await });
        database.until_a_commit_is_held().await;
        service.signal(signal);
        service.says("draining").await;
        held.release().await;
        let answer: Answer = in_hand.await.unwrap();
        assert!(answer.is_success(), "{signal}: {answer:?}");
        let (status, lines) = timeout(PATIENCE, service.end()).await.unwrap();
        assert_eq!(status, Some(0), "{signal}: {lines:?}");
        assert_eq!(database.count("refunds_v1.refunds").await, 1);
    }
}

#[tokio::test]
async fn the_drain_has_a_deadline() {
    let (configuration, database) = usual().await;
    let configuration = format!("drain_seconds = 1\n{configuration}");
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/paycools/ph");
    let _held = database.hold_commits().await;
    let in_hand = tokio::spawn(async move { post(&url, &[], paycools("R1", &[])).await });
    database.until_a_commit_is_held().await;
    service.signal(Signal::SIGTERM);
    let (status, lines) = timeout(PATIENCE, service.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
    in_hand.abort();
}

#[tokio::test]
async fn a_signal_while_the_database_is_awaited_ends_the_service_at_once() {
    let configuration = "[database]\nurl = \"postgres://nobody@127.0.0.1:9/none\"\n";
    let service = Service::launch(configuration);
    service.says("waiting for the database").await;
    service.signal(Signal::SIGTERM);
    let (status, lines) = timeout(Duration::from_secs(10), service.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
}

#[tokio::test]
async fn a_private_postgres_that_dies_ends_the_service_with_a_failure() {
    let configuration = format!("[embedded]\ndirectory = \"state\"\n{ACCOUNTS}");
    let service = Service::launch(&configuration);
    service.serves().await;
    processes::send(server_process(&service), Signal::SIGKILL);
    let (status, lines) = timeout(PATIENCE, service.end()).await.unwrap();
    assert_eq!(status, Some(1), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("refund-inbox: ")), "{lines:?}");
}

#[tokio::test]
async fn without_a_database_url_a_private_postgres_runs_and_ends_with_the_service() {
    let configuration = format!("[embedded]\ndirectory = \"state\"\n{ACCOUNTS}");
    let mut service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let started = service.says("private Postgres").await;
    assert_eq!(started["directory"], "state");
    let url = format!("http://{public}/notify/paycools/ph");
    assert!(post(&url, &[], paycools("R1", &[])).await.is_success());

    // A second service on the same directory fails with one line.
    let second = run_command(service.command(&["serve"])).await;
    assert_eq!(second.status, 1, "{}", second.err);
    assert_eq!(second.err.lines().count(), 1, "{}", second.err);

    // Other commands use the running server.
    let listed = run_command(service.command(&["refunds", "list", "--json"])).await;
    assert!(listed.out.contains("\"merchant_refund_id\":\"R1\""), "{}", listed.out);

    // After kill -9 the server ends too, and what was acknowledged is stored after the next start.
    let server = server_process(&service);
    service.kill().await;
    eventually("the server to be gone", async || !is_running(server)).await;
    service.start_again().await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/paycools/ph");
    assert!(post(&url, &[], paycools("R1", &[("extra", json!("x"))])).await.is_success());
    let server = server_process(&service);
    service.signal(Signal::SIGTERM);
    let (status, lines) = timeout(PATIENCE, service.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
    assert!(!is_running(server));
}

fn server_process(service: &Service) -> u32 {
    let file = service.directory().join("state/postgres/postmaster.pid");
    std::fs::read_to_string(file).unwrap().lines().next().unwrap().parse().unwrap()
}
