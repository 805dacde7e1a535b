//! The end of a service, and the private Postgres of one that has no database URL.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::json;
use tokio::time::timeout;

use crate::client::{Answer, paycools, post};
use crate::process::{Program, usual};
use crate::receiver::ACCOUNTS;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn sigterm_and_sigint_finish_what_is_in_hand_and_exit_with_0() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (configuration, database) = usual().await;
        let program = Program::start(&configuration);
        let (public, _) = program.addresses().await;
        let url = format!("http://{public}/notify/paycools/ph");
        let held = database.hold_commits().await;
        let in_hand = tokio::spawn(async move { post(&url, &[], paycools("R1", &[])).await });
        database.until_a_commit_is_held().await;
        program.signal(signal);
        program.says("draining").await;
        held.release().await;
        let answer: Answer = in_hand.await.unwrap();
        assert!(answer.is_success(), "{signal}: {answer:?}");
        let (status, lines) = timeout(PATIENCE, program.end()).await.unwrap();
        assert_eq!(status, Some(0), "{signal}: {lines:?}");
        assert_eq!(database.count("refunds_v1.refunds").await, 1);
    }
}

#[tokio::test]
async fn the_drain_has_a_deadline() {
    let (configuration, database) = usual().await;
    let configuration = format!("drain_seconds = 1\n{configuration}");
    let program = Program::start(&configuration);
    let (public, _) = program.addresses().await;
    let url = format!("http://{public}/notify/paycools/ph");
    let _held = database.hold_commits().await;
    let in_hand = tokio::spawn(async move { post(&url, &[], paycools("R1", &[])).await });
    database.until_a_commit_is_held().await;
    program.signal(Signal::SIGTERM);
    let (status, lines) = timeout(PATIENCE, program.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
    in_hand.abort();
}

#[tokio::test]
async fn a_signal_while_the_database_is_awaited_ends_the_service_at_once() {
    let configuration = "[database]\nurl = \"postgres://nobody@127.0.0.1:9/none\"\n";
    let program = Program::start(configuration);
    program.says("waiting for the database").await;
    program.signal(Signal::SIGTERM);
    let (status, lines) = timeout(Duration::from_secs(10), program.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
}

#[tokio::test]
async fn a_private_postgres_that_dies_ends_the_service_with_a_failure() {
    let configuration = format!("[embedded]\ndirectory = \"state\"\n{ACCOUNTS}");
    let program = Program::start(&configuration);
    program.addresses().await;
    let server = i32::try_from(server_process(&program)).unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(server), Signal::SIGKILL).unwrap();
    let (status, lines) = timeout(PATIENCE, program.end()).await.unwrap();
    assert_eq!(status, Some(1), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("refund-inbox: ")), "{lines:?}");
}

#[tokio::test]
async fn without_a_database_url_a_private_postgres_runs_and_ends_with_the_service() {
    let configuration = format!("[embedded]\ndirectory = \"state\"\n{ACCOUNTS}");
    let program = Program::start(&configuration);
    let (public, _) = program.addresses().await;
    let started = program.says("private Postgres").await;
    assert_eq!(started["directory"], "state");
    let url = format!("http://{public}/notify/paycools/ph");
    assert!(post(&url, &[], paycools("R1", &[])).await.is_success());

    // A second service on the same directory is told so in one line.
    let second = crate::process::program(program.directory.path())
        .args(["--config", "refund-inbox.toml", "serve"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");

    // Other commands look into the running one.
    let listed = crate::process::program(program.directory.path())
        .args(["--config", "refund-inbox.toml", "refunds", "list", "--json"])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("\"merchant_refund_id\":\"R1\""), "{listed}");

    // kill -9: the server goes too, and what was acknowledged is there after the next start.
    let mut program = program;
    let server = server_process(&program);
    program.child.kill().await.unwrap();
    crate::client::eventually("the server to be gone", async || !is_running(server)).await;
    let directory = program.directory;
    let again = Program::start_in(directory);
    let (public, _) = again.addresses().await;
    let url = format!("http://{public}/notify/paycools/ph");
    assert!(post(&url, &[], paycools("R1", &[("extra", json!("x"))])).await.is_success());
    let server = server_process(&again);
    again.signal(Signal::SIGTERM);
    let directory = again.directory.path().to_owned();
    let listed = crate::process::program(&directory);
    let (status, lines) = timeout(PATIENCE, again.end()).await.unwrap();
    assert_eq!(status, Some(0), "{lines:?}");
    assert!(!is_running(server));
    drop(listed);
}

fn server_process(program: &Program) -> u32 {
    let file = program.directory.path().join("state/postgres/postmaster.pid");
    std::fs::read_to_string(file).unwrap().lines().next().unwrap().parse().unwrap()
}

fn is_running(process_id: u32) -> bool {
    std::path::Path::new("/proc").join(process_id.to_string()).exists()
}
