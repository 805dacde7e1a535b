//! A process that cannot open more files.

use std::process::{Command, Stdio};
use std::time::Duration;

use testing::client::send_raw;
use testing::core_time::time_of;
use testing::notifications::paycools;
use testing::program::path;
use testing::service::{Service, usual};
use testing::waiting::{PATIENCE, eventually};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

use super::{connect, deliver, is_closed, metric, one_answer, request};

/// Sets the soft limit of open files of a running program.
fn limit_open_files(service: &Service, files: usize) {
    let mut command = Command::new("prlimit");
    command.args([format!("--pid={}", service.id()), format!("--nofile={files}:")]);
    assert!(command.status().expect("prlimit, of util-linux").success());
}

fn open_files(service: &Service) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", service.id())).unwrap().count()
}

#[tokio::test]
async fn without_files_connections_wait_and_nothing_spins_or_ends() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, operator) = service.addresses();
    // A connection to the database is open from now on.
    assert!(deliver(public, "R1").await.is_success());
    let connections = r#"refund_inbox_connections{listener="public"}"#;
    eventually("a quiet service", async || metric(operator, connections).await == 0.0).await;

    limit_open_files(&service, open_files(&service) + 3);
    let mut idle = connect(public, 10).await;
    assert!(deliver(public, "R2").await.is_success(), "the oldest idle connections are closed");
    assert!(is_closed(&mut idle[0]).await);
    drop(idle);

    limit_open_files(&service, 3);
    let mut waiting = send_raw(public, request(&paycools("R3", &[])).as_bytes()).await;
    service.says("cannot accept connections").await;
    let before = time_of(service.id());
    let early = timeout(Duration::from_secs(1), one_answer(&mut waiting)).await;
    assert!(early.is_err(), "{early:?}");
    let spent = time_of(service.id()) - before;
    assert!(spent < Duration::from_millis(300), "{spent:?} in one second");
    limit_open_files(&service, 1000);
    assert!(one_answer(&mut waiting).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(database.count("refunds_v1.refunds").await, 3);
    let lines = service.said();
    let said = lines.iter().filter(|line| line.contains("cannot accept connections")).count();
    assert!(said <= 40, "{said} lines");
}

#[tokio::test]
async fn with_few_open_files_fewer_connections_are_served_and_the_log_says_so() {
    let (configuration, _) = usual().await;
    let directory = tempfile::tempdir().unwrap();
    let http = "[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n";
    std::fs::write(directory.path().join("inbox.toml"), http.to_owned() + &configuration).unwrap();
    let serve = format!("ulimit -n 300; exec '{}' --config inbox.toml serve", path().display());
    let mut child = tokio::process::Command::new("sh")
        .args(["-c", &serve])
        .current_dir(directory.path())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said = timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("limit of open files") {
                return line;
            }
        }
        panic!("the log does not mention the limit of open files")
    });
    let said = said.await.unwrap();
    assert!(said.contains("connections=103 wanted=10000 open_files=300"), "{said}");
}
