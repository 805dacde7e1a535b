//! Runs the release binary as a process.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use testing::core_time::time_of;
use testing::metrics::metric;
use testing::place::Addresses;
use testing::process::Process;
use testing::processes::peak_memory_kib;
use testing::program;
use testing::service::on_database;
use testing::waiting::eventually;

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
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("refund-inbox.toml");
        let on_database = on_database(&database.url);
        let text = format!("{}{on_database}{lines}", Addresses::any().configuration());
        fs::write(&file, text).unwrap();
        let mut command = Command::new(program::path());
        command.arg("--config").arg(file).args(["serve", "--no-migrate"]);
        // A setting of [recording] can be tried with a variable:
        // REFUND_INBOX__RECORDING__GROUP_DELIVERIES=100 cargo bench …
        let is_kept = |name: &str| name.starts_with("REFUND_INBOX__RECORDING__");
        program::remove_settings(&mut command, |name| !is_kept(name));
        let process = Process::start_guarded(command).await;
        let mut addresses = None;
        eventually("the service to serve", async || {
            addresses = Addresses::announced(&process.said());
            assert!(addresses.is_some() || !process.has_ended(), "ended: {:?}", process.said());
            addresses.is_some()
        })
        .await;
        Self { process, addresses: addresses.unwrap(), _directory: directory }
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
