//! The program as a service that can be stopped, killed and started again.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::Database;
use crate::place::{Addresses, Place};
use crate::process::Process;
use crate::receiver::ACCOUNTS;
use crate::waiting::eventually;
use crate::{postgres, program};

/// The name of the configuration in a service's directory.
const FILE: &str = "refund-inbox.toml";

/// A `refund-inbox serve` in a directory of its own. Its log lines are JSON.
pub struct Service {
    process: Process,
    program: PathBuf,
    listen: Addresses,
    place: Place,
    // Last, since fields end in this order.
    directory: TempDir,
}

/// The lines of configuration that name a database.
pub fn on_database(url: &str) -> String {
    format!("[database]\nurl = {}\n", json!(url))
}

/// Returns the configuration of the usual accounts on a fresh database of the shared server.
pub async fn usual() -> (String, Database) {
    let url = postgres::shared().database().await;
    (format!("{}{ACCOUNTS}", on_database(&url)), Database::new(&url))
}

/// Makes a directory that the user of a private Postgres, who may not be ours, can go through.
pub fn open_directory() -> TempDir {
    let open_to_all = fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().permissions(open_to_all).tempdir().unwrap()
}

impl Service {
    /// Starts a service with these lines of configuration, which may begin in `[http]`, and waits
    /// until it serves.
    pub async fn start(lines: &str) -> Self {
        Self::start_at(Addresses::any(), lines).await
    }

    /// Starts a service at these addresses and waits until it serves.
    pub async fn start_at(listen: Addresses, lines: &str) -> Self {
        let service = Self::launch_at(listen, lines);
        service.serves().await;
        service
    }

    /// Starts a service by another version of the program, and waits until it serves.
    pub async fn start_version(program: &Path, listen: Addresses, lines: &str) -> Self {
        let service = Self::launch_version(program.to_owned(), listen, lines);
        service.serves().await;
        service
    }

    /// Starts a service and does not wait.
    pub fn launch(lines: &str) -> Self {
        Self::launch_at(Addresses::any(), lines)
    }

    fn launch_at(listen: Addresses, lines: &str) -> Self {
        Self::launch_version(program::path(), listen, lines)
    }

    fn launch_version(program: PathBuf, listen: Addresses, lines: &str) -> Self {
        let directory = open_directory();
        configure(directory.path(), listen, lines);
        let process = serve(&program, directory.path());
        Self { process, program, listen, place: Place::unknown(), directory }
    }

    /// Lets the next start run this version of the program.
    pub fn change_version(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
    }

    /// Replaces the configuration, at once and whole; the service is not notified.
    pub fn configure(&self, lines: &str) {
        configure(self.directory(), self.listen, lines);
    }

    /// Waits until the service serves, and returns its public and its operator address.
    pub async fn serves(&self) -> (SocketAddr, SocketAddr) {
        let mut announced = None;
        eventually("the service to serve", async || {
            let has_ended = self.process.has_ended();
            announced = Addresses::announced(&self.said());
            assert!(!has_ended || announced.is_some(), "ended: {:?}", self.said());
            announced.is_some()
        })
        .await;
        self.place.move_to(announced.unwrap());
        self.addresses()
    }

    /// Returns the public and the operator address of a service that serves.
    pub fn addresses(&self) -> (SocketAddr, SocketAddr) {
        let Addresses { public, operator } = self.place.addresses();
        (public, operator)
    }

    /// Returns where the service listens, now and after the next start.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Returns the directory that the service runs in.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Makes one of the program's other commands, with the service's configuration.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(self.directory());
        command.args(["--config", FILE]).args(arguments);
        command
    }

    /// Returns the service's process number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the lines that the service has logged since its last start.
    pub fn said(&self) -> Vec<String> {
        self.process.said()
    }

    /// Returns how many lines contain these words.
    pub fn times_said(&self, words: &str) -> usize {
        self.process.times_said(words)
    }

    /// Returns the log lines whose message contains these words.
    pub fn lines(&self, message: &str) -> Vec<Value> {
        self.process.lines(message)
    }

    /// Waits for a log line whose message contains these words, and returns the first one.
    pub async fn says(&self, message: &str) -> Value {
        self.process.says(message).await
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Kills the service at once, by SIGKILL.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// Starts the service again with its configuration, in the same directory, and waits until it
    /// serves.
    pub async fn start_again(&mut self) {
        self.process = serve(&self.program, self.directory.path());
        self.serves().await;
    }

    /// Waits for the end of the service.
    pub async fn wait(&mut self) -> ExitStatus {
        self.process.wait().await
    }

    /// Waits for the end of the service; returns its exit status and everything it has logged.
    pub async fn end(mut self) -> (Option<i32>, Vec<String>) {
        let status = self.wait().await;
        (status.code(), self.said())
    }
}

fn configure(directory: &Path, listen: Addresses, lines: &str) {
    let (new, file) = (directory.join("refund-inbox.new"), directory.join(FILE));
    fs::write(&new, listen.configuration() + lines).unwrap();
    fs::rename(new, file).unwrap();
}

fn serve(program: &Path, directory: &Path) -> Process {
    let mut command = program::command_of(program, directory);
    command.args(["--config", FILE, "serve"]).env("REFUND_INBOX__LOG__FORMAT", "json");
    Process::start(command)
}
