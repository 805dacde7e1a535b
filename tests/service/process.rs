//! The program itself, as a process: its log lines, its metrics, its memory of nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::task::{JoinHandle, JoinSet};

use crate::client::{eftpay, eventually, get, paycools, post, try_post};
use crate::database::Database;
use crate::postgres;
use crate::receiver::ACCOUNTS;

/// A running `refund-inbox serve`, with everything it says.
pub(crate) struct Program {
    pub(crate) directory: TempDir,
    pub(crate) child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

/// The program's path.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_refund-inbox");

/// A command that runs the program with nothing of ours in its environment.
pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(directory).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REFUND_INBOX") {
            command.env_remove(name);
        }
    }
    command
}

impl Program {
    /// Starts `serve` with these lines of configuration, on ports that are free; logs are JSON.
    pub(crate) fn start(lines: &str) -> Self {
        let directory = tempfile::Builder::new().permissions(open_to_all()).tempdir().unwrap();
        configure(directory.path(), lines);
        Self::start_in(directory)
    }

    /// Gives it another configuration, at once and whole; nobody tells it.
    pub(crate) fn configure(&self, lines: &str) {
        configure(self.directory.path(), lines);
    }

    /// Starts it again in a directory that one has run in.
    pub(crate) fn start_in(directory: TempDir) -> Self {
        let mut command = program(directory.path());
        command.args(["--config", "refund-inbox.toml", "serve"]).stderr(Stdio::piped());
        command.env("REFUND_INBOX__LOG__FORMAT", "json");
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&lines);
        let reading = tokio::spawn(async move {
            while let Ok(Some(line)) = stderr.next_line().await {
                said.lock().unwrap().push(line);
            }
        });
        Self { directory, child, lines, reading }
    }

    /// Everything it has said so far.
    pub(crate) fn said(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The first line with this message, once there is one.
    pub(crate) async fn says(&self, message: &str) -> Value {
        let find = || {
            let said = self.said();
            let parsed = said.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            parsed
                .into_iter()
                .find(|line| line["message"].as_str().is_some_and(|it| it.contains(message)))
        };
        eventually(message, async || {
            assert!(!self.reading.is_finished() || find().is_some(), "ended: {:?}", self.said());
            find().is_some()
        })
        .await;
        find().unwrap()
    }

    /// Its public and operator addresses, once it serves.
    pub(crate) async fn addresses(&self) -> (SocketAddr, SocketAddr) {
        let line = self.says("serving").await;
        let address = |name: &str| line[name].as_str().unwrap().parse().unwrap();
        (address("public"), address("operator"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().unwrap()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Waits for its end; its exit status and everything it said.
    pub(crate) async fn end(mut self) -> (Option<i32>, Vec<String>) {
        let status = self.child.wait().await.unwrap();
        self.reading.await.unwrap();
        let lines = self.lines.lock().unwrap().clone();
        (status.code(), lines)
    }
}

fn configure(directory: &Path, lines: &str) {
    let configuration =
        format!("[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n{lines}");
    let (new, file) = (directory.join("refund-inbox.new"), directory.join("refund-inbox.toml"));
    fs::write(&new, configuration).unwrap();
    fs::rename(new, file).unwrap();
}

/// The embedded server runs as another user when we are root, and must reach its directory.
pub(crate) fn open_to_all() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o755)
}

/// The configuration of the usual accounts on a fresh database of the shared server.
pub(crate) async fn usual() -> (String, Database) {
    let url = postgres::shared().database().await;
    (format!("[database]\nurl = {}\n{ACCOUNTS}", json!(url)), Database::new(&url))
}

#[tokio::test]
async fn hazard_18_twenty_thousand_random_paths_and_signatures_add_no_series() {
    let (configuration, _) = usual().await;
    let program = Program::start(&configuration);
    let (public, operator) = program.addresses().await;
    let url = |path: &str| format!("http://{public}{path}");
    let series = async || {
        let text = get(&format!("http://{operator}/metrics")).await.body;
        text.lines().filter(|line| !line.starts_with('#')).count()
    };
    // One of each kind of request first, so that each series there can be is there.
    post(&url("/notify/eftpay/hk"), &[], "{}").await;
    post(&url("/notify/eftpay/hk"), &[], r#"{"sign":"x"}"#).await;
    post(&url("/notify/eftpay/nobody"), &[], "{}").await;
    // Upkeep counts what conflicts for the first time behind our back.
    let metrics = async || get(&format!("http://{operator}/metrics")).await.body;
    let counted = async || metrics().await.contains("\nrefund_inbox_refunds_conflicting ");
    eventually("the first upkeep", counted).await;
    let before = series().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut senders = JoinSet::new();
    for sender in 0..8 {
        let (client, base) = (client.clone(), url(""));
        senders.spawn(async move {
            for number in 0..2500 {
                let word = format!("{sender}x{number}");
                let path = match number % 4 {
                    0 => format!("{base}/notify/eftpay/{word}"),
                    1 => format!("{base}/notify/{word}/hk"),
                    2 => format!("{base}/{word}?{word}={word}"),
                    _ => format!("{base}/notify/eftpay/hk"),
                };
                let body = format!(r#"{{"sign":"{word}","{word}":"{word}"}}"#);
                let sent = client.post(path).header("wechatpay-serial", &word).body(body);
                assert!(sent.send().await.unwrap().status().is_client_error());
            }
        });
    }
    senders.join_all().await;
    assert_eq!(series().await, before);
}

#[tokio::test]
async fn hazard_27_log_lines_carry_the_number_of_their_own_delivery_under_concurrency() {
    let (configuration, database) = usual().await;
    let program = Program::start(&configuration);
    let (public, _) = program.addresses().await;
    let mut senders = JoinSet::new();
    for number in 0..120_usize {
        // Each delivery is known by its size.
        let body = format!("{}{}", eftpay(&format!("R{number}"), &[]), " ".repeat(number * 7));
        senders.spawn(async move {
            post(&format!("http://{public}/notify/eftpay/hk"), &[], body).await.is_success()
        });
    }
    assert!(senders.join_all().await.into_iter().all(|success| success));
    let kept: BTreeMap<String, i64> = database
        .rows("select delivery_id, body_bytes from refunds_v1.deliveries")
        .await
        .into_iter()
        .map(|row| {
            (row["delivery_id"].as_str().unwrap().to_owned(), row["body_bytes"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(kept.len(), 120);
    program.signal(Signal::SIGTERM);
    let (_, lines) = program.end().await;
    let mut seen = BTreeSet::new();
    for line in lines {
        let line: Value = serde_json::from_str(&line).unwrap();
        let Some(size) = line["body_bytes"].as_i64() else { continue };
        let delivery_id = line["span"]["delivery_id"].as_str().unwrap().to_owned();
        assert_eq!(kept[&delivery_id], size, "{line}");
        seen.insert(delivery_id);
    }
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn hazard_28_no_field_no_header_no_secret_and_no_body_reaches_a_log_line() {
    const CANARY: &str = "canary7734";
    let url = postgres::shared().database().await;
    let configuration = format!(
        "[database]\nurl = {}\n[log]\nlevel = \"trace\"\n{}",
        json!(format!("{url}&application_name={CANARY}")),
        ACCOUNTS.replace("[\"testsignkey1234\"]", &format!("[\"testsignkey1234\", \"{CANARY}\"]")),
    );
    let program = Program::start(&configuration);
    let (public, operator) = program.addresses().await;
    let fields = [
        "transaction_id",
        "out_trade_no",
        "eftpay_trade_no",
        "currency",
        "refund_no",
        "trade_status",
        "wallet",
        "rejectReason",
        "gmt_payment",
        "return_amount",
        "extra",
        "user_confirm_key",
    ];
    let mut bodies = vec![CANARY.to_owned(), format!("{{\"sign\":\"{CANARY}\"}}")];
    for field in fields {
        bodies.push(eftpay("R1", &[(field, json!(CANARY))]));
        bodies.push(eftpay("R1", &[(field, json!(CANARY))]).replacen(CANARY, "canary7734x", 1));
        bodies.push(eftpay(CANARY, &[(CANARY, json!(CANARY))]));
    }
    for field in ["refundReason", "refundStatus", "eventName", "mchRefundOrderId", "refundAmount"] {
        bodies.push(paycools("R1", &[(field, json!(CANARY))]));
    }
    let headers = [("x-canary", CANARY), ("user-agent", CANARY), ("authorization", CANARY)];
    for body in bodies {
        for route in ["eftpay/hk", "paycools/ph", "eftpay/canary7734", "eftpay/hk?canary7734"] {
            let url = format!("http://{public}/notify/{route}");
            let _ = try_post(&url, &headers, body.clone()).await;
        }
    }
    let metrics = get(&format!("http://{operator}/metrics")).await.body;
    assert!(!metrics.contains("canary"), "{metrics}");
    program.signal(Signal::SIGTERM);
    let (status, lines) = program.end().await;
    assert_eq!(status, Some(0));
    assert!(lines.len() > 50, "only {} lines were logged", lines.len());
    let leaks: Vec<&String> = lines.iter().filter(|line| line.contains("canary")).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
