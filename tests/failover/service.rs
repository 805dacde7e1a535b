//! The service as a process, and what it says.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;

use crate::client::eventually;

/// The account that senders send to.
const ACCOUNT: &str = r#"
[accounts.hk]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets = ["testsignkey1234"]
"#;

/// A running `refund-inbox serve`.
pub(crate) struct Service {
    pub(crate) public: SocketAddr,
    pub(crate) operator: SocketAddr,
    directory: TempDir,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

impl Service {
    /// Starts one on this database, with these lines in `[http]`, on ports that stay its own when
    /// it is started again.
    pub(crate) async fn start(url: &str, http: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let [public, operator] = [free_address(), free_address()];
        let configuration = format!(
            "[http]\nlisten = \"{public}\"\noperator_listen = \"{operator}\"\n{http}\n\
             [database]\nurl = {}\n{ACCOUNT}",
            json!(url),
        );
        fs::write(directory.path().join("refund-inbox.toml"), configuration).unwrap();
        let (child, lines, reading) = serve(&directory);
        let service = Self { public, operator, directory, child, lines, reading };
        service.says("serving").await;
        service
    }

    /// Starts it again where it has ended.
    pub(crate) async fn start_again(&mut self) {
        (self.child, self.lines, self.reading) = serve(&self.directory);
        self.says("serving").await;
    }

    /// Where notifications go.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/notify/eftpay/hk", self.public)
    }

    /// One of its other commands, with the same configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.directory.path()).args(["--config", "refund-inbox.toml"]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Everything that it has said since it was started.
    pub(crate) fn said(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Prints each kind of warning and error once, as the person on call sees them.
    pub(crate) fn print_trouble(&self) {
        let mut seen = std::collections::BTreeSet::new();
        for line in self.said() {
            let read: Value = serde_json::from_str(&line).unwrap();
            let is_trouble = matches!(read["level"].as_str(), Some("WARN" | "ERROR"));
            let kind = format!("{}{:.40}", read["message"], read["error"].as_str().unwrap_or(""));
            if is_trouble && seen.insert(kind) {
                println!("{line}");
            }
        }
    }

    /// The lines with this message.
    pub(crate) fn lines(&self, message: &str) -> Vec<Value> {
        let said = self.said();
        let lines = said.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let is_it = |line: &Value| line["message"].as_str().is_some_and(|it| it.contains(message));
        lines.filter(is_it).collect()
    }

    /// Waits until it has said this.
    pub(crate) async fn says(&self, message: &str) {
        eventually(message, async || {
            let has_said = !self.lines(message).is_empty();
            assert!(has_said || !self.reading.is_finished(), "ended: {:?}", self.said());
            has_said
        })
        .await;
    }

    /// Sends it SIGTERM and waits for its end, which must be a good one.
    pub(crate) async fn end(&mut self) {
        self.signal(Signal::SIGTERM);
        self.wait().await;
    }

    /// Waits for its end, which must be a good one.
    pub(crate) async fn wait(&mut self) {
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.code(), Some(0), "{:?}", self.said());
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let process = self.child.id().unwrap().try_into().unwrap();
        kill(Pid::from_raw(process), signal).unwrap();
    }
}

type Started = (Child, Arc<Mutex<Vec<String>>>, JoinHandle<()>);

fn serve(directory: &TempDir) -> Started {
    let mut command = program();
    command.current_dir(directory.path()).args(["--config", "refund-inbox.toml", "serve"]);
    command.env("REFUND_INBOX__LOG__FORMAT", "json").stdin(Stdio::null()).stderr(Stdio::piped());
    let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let said = Arc::clone(&lines);
    let reading = tokio::spawn(async move {
        while let Ok(Some(line)) = stderr.next_line().await {
            said.lock().unwrap().push(line);
        }
    });
    (child, lines, reading)
}

/// The program, with nothing of ours in its environment.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refund-inbox"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REFUND_INBOX") {
            command.env_remove(name);
        }
    }
    command
}

/// A port that is free now, and that the system gives to nobody who asks for any: it is still free
/// when whoever is to have it is started again.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        // Below the range that Linux and macOS take ports from; each process begins elsewhere.
        let offset = std::process::id().wrapping_mul(64).wrapping_add(number) % 20_000;
        let port = 12_000 + u16::try_from(offset).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
