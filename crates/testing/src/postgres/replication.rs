//! A primary and its synchronous standby: streaming replication by PostgreSQL's own programs.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::geteuid;
use private_postgres::Durability;
use tempfile::TempDir;

use super::Postgres;
use crate::service::open_directory;
use crate::waiting::{apart, eventually};

/// Two servers, in a directory of their own.
pub struct Pair {
    /// The server that begins as the primary.
    pub primary: Postgres,
    /// The server that begins as its standby.
    pub standby: Postgres,
    // Last, because fields are dropped in this order.
    _directory: TempDir,
}

impl Pair {
    /// Starts a primary whose commits wait for the standby.
    pub async fn start() -> Self {
        let directory = open_directory();
        let [one, two] = ["one", "two"].map(|name| directory.path().join(name));
        // The tests kill processes only, so files survive in any case. A relaxed server would not
        // wait for its standby, but the service asks it to.
        let primary = Postgres::start_in(one, Durability::Relaxed).await;
        primary.copy_to(&two).await;
        let standby = Postgres::start_in(two, Durability::Relaxed).await;
        let pair = Self { primary, standby, _directory: directory };
        pair.primary.insist_on_a_standby().await;
        pair
    }

    /// Returns a URL with both servers, the first primary first, as libpq writes it.
    pub fn url(&self) -> String {
        format!(
            "postgres://refund_inbox@{},{}/refund_inbox?sslmode=disable&target_session_attrs=read-write",
            self.primary.host(),
            self.standby.host(),
        )
    }

    /// Starts the stopped former primary as the standby of the other server.
    pub async fn make_the_former_primary_a_standby(&self) {
        self.standby.copy_to(self.primary.directory()).await;
        self.primary.start_again().await;
    }
}

impl Postgres {
    /// Returns the server's part of a URL with several hosts: the directory of its socket, and its
    /// port.
    pub fn host(&self) -> String {
        format!("{}:5432", self.socket_directory.to_str().unwrap()).replace('/', "%2F")
    }

    /// Promotes the server, and waits until it takes writes.
    pub async fn promote(&self) {
        let mut promote = self.program("pg_ctl");
        promote.args(["promote", "--wait", "--pgdata"]).arg(&self.data);
        done(promote).await;
    }

    /// Replaces `directory` by the state of a standby of this server, with a copy of its data.
    async fn copy_to(&self, directory: &Path) {
        let data = directory.join("postgres");
        let owner = fs::metadata(&self.data).unwrap();
        let _ = fs::remove_dir_all(directory);
        DirBuilder::new().mode(0o755).create(directory).unwrap();
        DirBuilder::new().mode(0o700).create(&data).unwrap();
        if geteuid().is_root() {
            chown(&data, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        let mut copy = self.program("pg_basebackup");
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]);
        copy.arg(&data).args(["--username=refund_inbox", "--port=5432", "--host"]);
        copy.arg(&self.socket_directory);
        done(copy).await;
    }

    /// Makes every later commit wait until a standby has it on disk.
    async fn insist_on_a_standby(&self) {
        self.run("alter system set synchronous_standby_names = '*'").await;
        self.run("select pg_reload_conf()").await;
        let content = self.content();
        let synchronous = "pg_stat_replication where sync_state = 'sync'";
        eventually("a synchronous standby", async || content.count(synchronous).await > 0).await;
    }

    /// Returns a command for one of the server's programs, run as the user who owns the data.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        let owner = fs::metadata(&self.data).unwrap();
        if geteuid().is_root() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

async fn done(mut command: Command) {
    let (command, output) = apart(move || {
        let output = command.output().unwrap();
        (command, output)
    })
    .await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
