//! The release binary at work, as a process of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::client::get;
use crate::database::{Database, directory};
use crate::processes::{peak_memory_kib, time_of};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the program and says its number. When our end of its standard input is closed, which also
/// is when we die, it ends the program as an operator would, and waits for that.
const GUARD: &str = r#""$@" & echo $!; read -r _; kill $!; wait $!"#;

/// A running `refund-inbox serve` with the defaults of production, and its log in a file.
pub(crate) struct Service {
    guard: Child,
    process_id: u32,
    log: PathBuf,
    pub(crate) public: SocketAddr,
    operator: SocketAddr,
}

/// Groups that were committed, and deliveries in them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Groups {
    pub(crate) count: f64,
    pub(crate) deliveries: f64,
}

impl Service {
    /// Starts one on `database` with these lines of configuration besides.
    pub(crate) async fn start(database: &Database, number: usize, lines: &str) -> Self {
        let base = directory().join(format!("{}-{number}", database.name));
        let (file, log) = (base.with_extension("toml"), base.with_extension("log"));
        let text = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\noperator_listen = \"127.0.0.1:0\"\n\n\
             [database]\nurl = {:?}\n\n{lines}",
            database.url
        );
        fs::write(&file, text).unwrap();
        let mut guard = command(&file, &log).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(guard.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let process_id = said.trim().parse().unwrap();
        let began = Instant::now();
        let (public, operator) = loop {
            let said = fs::read_to_string(&log).unwrap();
            if let Some(addresses) = addresses(&said) {
                break addresses;
            }
            assert!(began.elapsed() < PATIENCE, "does not serve: {said}");
            sleep(Duration::from_millis(10)).await;
        };
        Self { guard, process_id, log, public, operator }
    }

    /// The time that it has spent on a core.
    pub(crate) fn time(&self) -> Duration {
        time_of(self.process_id)
    }

    /// The most memory that it has held.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        peak_memory_kib(self.process_id)
    }

    /// What its metrics say of groups.
    pub(crate) async fn groups(&self) -> Groups {
        let metrics = get(self.operator, "/metrics").await.unwrap();
        let value = |name: &str| {
            let line = metrics.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
        };
        Groups {
            count: value("refund_inbox_group_size_count "),
            deliveries: value("refund_inbox_group_size_sum "),
        }
    }

    /// Ends it; what it had to complain about.
    pub(crate) fn stop(mut self) -> Vec<String> {
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
        let said = fs::read_to_string(&self.log).unwrap();
        let _ = fs::remove_file(&self.log);
        let is_complaint = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
        said.lines().filter(is_complaint).map(str::to_owned).collect()
    }
}

fn command(file: &Path, log: &Path) -> Command {
    let mut command = Command::new("sh");
    for (name, _) in std::env::vars_os() {
        let setting = name.to_string_lossy();
        // Those of [recording] may be tried out: REFUND_INBOX__RECORDING__RECORDERS=1 cargo bench …
        let is_ours = setting.starts_with("REFUND_INBOX");
        if is_ours && !setting.starts_with("REFUND_INBOX__RECORDING__") {
            command.env_remove(name);
        }
    }
    command.args(["-c", GUARD, "guard", env!("CARGO_BIN_EXE_refund-inbox"), "--config"]);
    command.arg(file).args(["serve", "--no-migrate"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(log).unwrap());
    command
}

/// The addresses in the line that says that it serves.
fn addresses(said: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line = said.lines().find(|line| line.contains(" serving "))?;
    let address = |name: &str| {
        let (_, after) = line.split_once(name)?;
        after.split_whitespace().next()?.parse().ok()
    };
    Some((address("public=")?, address("operator=")?))
}
