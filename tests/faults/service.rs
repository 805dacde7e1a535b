//! The program as a process that can be killed and started again, as a supervisor does.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::client::eventually;

/// A `refund-inbox serve` on ports that are free, in a directory of its own.
pub(crate) struct Service {
    directory: TempDir,
    running: Running,
    place: Place,
}

/// Where a service listens; another place after each start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(Arc<Mutex<Option<Addresses>>>);

#[derive(Clone, Copy, Debug)]
struct Addresses {
    public: SocketAddr,
    operator: SocketAddr,
}

struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
}

impl Service {
    /// Starts with these lines of configuration, and waits until it serves.
    pub(crate) async fn start(lines: &str) -> Self {
        let mut service = Self::launch(lines);
        service.serves().await;
        service
    }

    /// Starts and does not wait.
    pub(crate) fn launch(lines: &str) -> Self {
        // The embedded server runs as another user when we are root, and must reach its directory.
        let open_to_all = fs::Permissions::from_mode(0o755);
        let directory = tempfile::Builder::new().permissions(open_to_all).tempdir().unwrap();
        let configuration = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n\
             [log]\nformat = \"json\"\nlevel = \"warn,refund_inbox::command=info\"\n{lines}"
        );
        fs::write(directory.path().join("refund-inbox.toml"), configuration).unwrap();
        let running = Running::start(directory.path());
        Self { directory, running, place: Place::default() }
    }

    /// Waits until it serves, and tells everybody where.
    pub(crate) async fn serves(&mut self) {
        let line = self.running.says("serving").await;
        let address = |name: &str| line[name].as_str().unwrap().parse().unwrap();
        let addresses = Addresses { public: address("public"), operator: address("operator") };
        *self.place.0.lock().unwrap() = Some(addresses);
    }

    /// Waits until it says this.
    pub(crate) async fn says(&self, message: &str) {
        self.running.says(message).await;
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.running.child.kill().await.unwrap();
    }

    /// Starts it again with the same configuration in the same directory, and waits until it
    /// serves.
    pub(crate) async fn start_again(&mut self) {
        self.running = Running::start(self.directory.path());
        self.serves().await;
    }

    /// Waits for its end.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        self.running.child.wait().await.unwrap()
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.running.child.id().unwrap()
    }

    /// Where it listens, now and after the next start.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    /// What it has said since its last start.
    pub(crate) fn said(&self) -> Vec<String> {
        self.running.lines.lock().unwrap().clone()
    }
}

impl Place {
    /// The URL of a path for providers.
    pub(crate) fn public(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// The URL of a path for people and monitoring.
    pub(crate) fn operator(&self, path: &str) -> String {
        format!("http://{}{path}", self.addresses().operator)
    }

    /// Where providers connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.addresses().public
    }

    fn addresses(&self) -> Addresses {
        // Nobody listens here before the first start.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
        let known = *self.0.lock().unwrap();
        known.unwrap_or(Addresses { public: nowhere, operator: nowhere })
    }
}

impl Running {
    fn start(directory: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_refund-inbox"));
        command.args(["--config", "refund-inbox.toml", "serve"]).current_dir(directory);
        command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REFUND_INBOX") {
                command.env_remove(name);
            }
        }
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let said = Arc::clone(&lines);
        let reading = tokio::spawn(async move {
            while let Ok(Some(line)) = stderr.next_line().await {
                said.lock().unwrap().push(line);
            }
        });
        Self { child, lines, reading }
    }

    /// The first line with this message, once there is one.
    async fn says(&self, message: &str) -> Value {
        let find = || {
            let lines = self.lines.lock().unwrap();
            let mut parsed =
                lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            parsed.find(|line| line["message"] == message)
        };
        eventually(message, async || {
            let has_ended = self.reading.is_finished();
            assert!(!has_ended || find().is_some(), "ended: {:?}", self.lines.lock().unwrap());
            find().is_some()
        })
        .await;
        find().unwrap()
    }
}
