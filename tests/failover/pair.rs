//! A primary and its synchronous standby: streaming replication by PostgreSQL's own programs.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use private_postgres::{Durability, Server, Settings};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use crate::client::eventually;

/// One of the two servers, wherever it is in its life.
pub(crate) struct Node {
    directory: PathBuf,
    server: Option<Server>,
    socket: PathBuf,
    data: PathBuf,
    programs: PathBuf,
    // Last, since fields end in this order.
    _parent: Option<TempDir>,
}

/// Both, in a directory of their own.
pub(crate) struct Pair {
    pub(crate) primary: Node,
    pub(crate) standby: Node,
    // Last, since fields end in this order.
    _directory: TempDir,
}

impl Pair {
    /// A primary whose commits wait for the standby.
    pub(crate) async fn start() -> Self {
        let directory = open_directory();
        let primary = Node::start(&directory.path().join("one"));
        let standby = Node::copy_of(&primary, &directory.path().join("two"));
        let pair = Self { primary, standby, _directory: directory };
        pair.primary.insist_on_a_standby().await;
        pair
    }

    /// Both as hosts of one URL, the first primary first, as libpq writes them.
    pub(crate) fn url(&self) -> String {
        format!(
            "postgres://refund_inbox@{},{}/refund_inbox?sslmode=disable&target_session_attrs=read-write",
            self.primary.host(),
            self.standby.host(),
        )
    }

    /// The first primary comes back, where it was, as the standby of the other.
    pub(crate) fn make_the_former_primary_a_standby(&mut self) {
        self.primary = Node::copy_of(&self.standby, &self.primary.directory);
    }
}

impl Node {
    /// A server that is nobody's standby and has none.
    pub(crate) fn alone() -> Self {
        let parent = open_directory();
        let node = Self::start(&parent.path().join("one"));
        Self { _parent: Some(parent), ..node }
    }

    /// Starts a server in `directory`, on the data that is there, or on none.
    pub(crate) fn start(directory: &Path) -> Self {
        let settings = Settings {
            name: "refund-inbox".to_owned(),
            directory: directory.to_owned(),
            programs: None,
            // What is killed here is processes: what they wrote to files survives in any case. The
            // server would not wait for its standby either, but the service insists.
            durability: Durability::Relaxed,
        };
        let server = Server::start(&settings).unwrap();
        Self {
            directory: directory.to_owned(),
            socket: server.socket_directory().to_owned(),
            data: server.data_directory().to_owned(),
            programs: server.programs_directory().to_owned(),
            server: Some(server),
            _parent: None,
        }
    }

    /// Starts a standby of `primary` in `directory`, with a copy of its data.
    pub(crate) fn copy_of(primary: &Node, directory: &Path) -> Self {
        let data = directory.join("postgres");
        let owner = fs::metadata(&primary.data).unwrap();
        let _ = fs::remove_dir_all(directory);
        DirBuilder::new().mode(0o755).create(directory).unwrap();
        DirBuilder::new().mode(0o700).create(&data).unwrap();
        if geteuid().is_root() {
            chown(&data, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        let mut copy = primary.program("pg_basebackup");
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]);
        copy.arg(&data).args(["--username=refund_inbox", "--port=5432", "--host"]);
        done(copy.arg(&primary.socket));
        Self::start(directory)
    }

    /// How it stands in a URL among others: its socket's directory and port.
    pub(crate) fn host(&self) -> String {
        format!("{}:5432", self.socket.to_str().unwrap()).replace('/', "%2F")
    }

    /// The URL of this server alone.
    pub(crate) fn url(&self) -> String {
        let host = self.socket.to_str().unwrap();
        format!("postgres:///refund_inbox?host={host}&port=5432&user=refund_inbox&sslmode=disable")
    }

    /// Kills every process of the server at once, as the loss of its machine would.
    pub(crate) fn kill(&mut self) {
        // The first cannot start another one while they are counted.
        self.signal(Signal::SIGSTOP);
        self.signal(Signal::SIGKILL);
        drop(self.server.take());
    }

    /// Sends a signal to every process of the server.
    pub(crate) fn signal(&self, signal: Signal) {
        let first = self.server.as_ref().unwrap().process_id();
        for process in [first].into_iter().chain(children(first)) {
            // One that has just ended by itself needs none.
            let _ = kill(Pid::from_raw(process.try_into().unwrap()), signal);
        }
    }

    /// Stops the server in good order.
    pub(crate) fn stop(&mut self) {
        self.server.take().unwrap().stop().unwrap();
    }

    /// Starts it again on the data that it left.
    pub(crate) fn start_again(&mut self) {
        *self = Self::start(&self.directory);
    }

    /// Makes it a primary; returns when it takes writes.
    pub(crate) fn promote(&self) {
        let mut promote = self.program("pg_ctl");
        done(promote.args(["promote", "--wait", "--pgdata"]).arg(&self.data));
    }

    /// From now on a commit is reported when a standby has it on disk.
    pub(crate) async fn insist_on_a_standby(&self) {
        self.run("alter system set synchronous_standby_names = '*'").await;
        self.run("select pg_reload_conf()").await;
        let state = "select sync_state = 'sync' from pg_stat_replication";
        eventually("a synchronous standby", async || self.ask(state).await == Some(true)).await;
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, statement: &str) {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        // What sets a server up must not wait for a standby itself.
        let statement = format!("set synchronous_commit = local; {statement}");
        for statement in statement.split("; ") {
            let statement = AssertSqlSafe(statement.to_owned());
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    /// Holds every recording transaction until the connection is closed.
    pub(crate) async fn hold_commits(&self) -> PgConnection {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let lock = "select pg_advisory_lock(7301946318027152)";
        sqlx::query(lock).execute(&mut connection).await.unwrap();
        connection
    }

    /// The one value of a query; none where there is no row.
    pub(crate) async fn ask(&self, query: &str) -> Option<bool> {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        let query = AssertSqlSafe(query.to_owned());
        let answer = sqlx::query_scalar(query).fetch_optional(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer
    }

    /// One of the programs of this server, as the user who owns the data.
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

/// A directory that the server's user, who may not be ours, can go through; with a short path, as
/// sockets need it.
fn open_directory() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap()
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// The processes that this one started.
fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |process: &u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        status.lines().any(|line| line == format!("PPid:\t{parent}"))
    };
    numbers.filter(is_child).collect()
}
