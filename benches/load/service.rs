//! Runs the release binary as a process.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testing::client::get;
use testing::core_time::time_of;
use testing::metrics::metric;
use testing::place::Addresses;
use testing::process::Process;
use testing::processes::peak_memory_kib;
use testing::program;
use testing::service::on_database;
use tokio::time::sleep;

use crate::database::Database;

/// A running `refund-inbox serve` with the defaults of production, and with its log in a file.
pub(crate) struct Service {
    process: Process,
    addresses: Addresses,
    _directory: TempDir,
}

/// Groups that were committed, and deliveries in them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Groups {
    pub(crate) count: f64,
    pub(crate) deliveries: f64,
}

impl Service {
    /// Starts a service on `database` with these additional lines of configuration.
    pub(crate) async fn start(database: &Database, lines: &str) -> Self {
        Self::launch(database, lines, &["serve", "--no-migrate"]).await
    }

    async fn launch(database: &Database, lines: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("refund-inbox.toml");
        let on_database = on_database(&database.url);
        let text = format!("{}{on_database}{lines}", Addresses::any().configuration());
        fs::write(&file, text).unwrap();
        let mut command = Command::new(program::path());
        command.arg("--config").arg(file).args(arguments);
        // A setting of [recording] can be tried with a variable:
        // REFUND_INBOX__RECORDING__GROUP_DELIVERIES=100 cargo bench …
        let is_kept = |name: &str| name.starts_with("REFUND_INBOX__RECORDING__");
        program::remove_settings(&mut command, |name| !is_kept(name));
        let process = Process::start_guarded(command).await;
        let mut addresses = None;
        while addresses.is_none() {
            assert!(!process.has_ended(), "ended: {:?}", process.said());
            sleep(Duration::from_millis(1)).await;
            addresses = Addresses::announced(&process.said());
        }
        Self { process, addresses: addresses.unwrap(), _directory: directory }
    }

    /// Starts a service as an operator does, with its check of the schema. Returns it when it is
    /// ready, and how long that took.
    pub(crate) async fn start_until_ready(database: &Database, lines: &str) -> (Self, Duration) {
        let began = Instant::now();
        let service = Self::launch(database, lines, &["serve"]).await;
        let url = format!("http://{}/readyz", service.operator());
        while get(&url).await.status != 200 {
            sleep(Duration::from_millis(1)).await;
        }
        (service, began.elapsed())
    }

    /// Returns the address for people and monitoring.
    pub(crate) fn operator(&self) -> SocketAddr {
        self.addresses.operator
    }

    /// Returns the address for providers.
    pub(crate) fn public(&self) -> SocketAddr {
        self.addresses.public
    }

    /// Returns the time that it has spent on a core.
    pub(crate) fn time(&self) -> Duration {
        time_of(self.process.id())
    }

    /// Returns the most memory that it has used.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        peak_memory_kib(self.process.id())
    }

    /// Reads the counts of groups from its metrics.
    pub(crate) async fn groups(&self) -> Groups {
        let value = async |name| metric(self.addresses.operator, name).await.unwrap_or_default();
        Groups {
            count: value("refund_inbox_group_size_count").await,
            deliveries: value("refund_inbox_group_size_sum").await,
        }
    }

    /// Ends the service. Returns its warnings and errors.
    pub(crate) async fn stop(mut self) -> Vec<String> {
        self.process.wait().await;
        let is_complaint = |line: &String| line.contains(" WARN ") || line.contains(" ERROR ");
        self.process.said().into_iter().filter(is_complaint).collect()
    }
}
