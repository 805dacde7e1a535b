//! Runs the program's `feed` command as a process.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::sys::signal::Signal;
use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStdout;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::process::Process;
use crate::program::command;
use crate::service::on_database;
use crate::waiting::{PATIENCE, eventually};

/// Returns the URL of the same database for the role of the consumers.
pub fn as_reader(url: &str) -> String {
    assert!(url.contains("user=refund_inbox"), "{url}");
    url.replace("user=refund_inbox", "user=refunds_reader")
}

/// A running `refund-inbox feed`, and what it has printed.
pub struct Follower {
    process: Process,
    stdout: Option<BufReader<ChildStdout>>,
    lines: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
    _directory: TempDir,
}

/// How a follower ended.
pub struct Ended {
    /// The exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// The events that it printed.
    pub events: Vec<Map<String, Value>>,
    /// The lines on standard error.
    pub said: Vec<String>,
}

impl Follower {
    /// Starts `feed` with these arguments, and reads its output continuously.
    pub fn start(url: &str, arguments: &[&str]) -> Self {
        let mut follower = Self::start_unread(url, arguments);
        let mut stdout = follower.stdout.take().unwrap().lines();
        let lines = Arc::clone(&follower.lines);
        follower.reading = Some(tokio::spawn(async move {
            while let Ok(Some(line)) = stdout.next_line().await {
                lines.lock().unwrap().push(line);
            }
        }));
        follower
    }

    /// Starts `feed`, and does not read its output before [`Self::next_line`] is called.
    pub fn start_unread(url: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("c.toml"), on_database(url)).unwrap();
        let mut command = command(directory.path());
        command.args(["--config", "c.toml", "feed"]).args(arguments).stdout(Stdio::piped());
        let mut process = Process::start(command);
        let stdout = process.take_output().map(BufReader::new);
        Self { process, stdout, lines: Arc::default(), reading: None, _directory: directory }
    }

    /// Reads the next line of a follower that was started unread.
    pub async fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).await.unwrap();
        line
    }

    /// Closes the pipe that the command prints into.
    pub fn go_away(&mut self) {
        self.stdout = None;
    }

    /// Returns the events printed so far.
    pub fn events(&self) -> Vec<Map<String, Value>> {
        let lines = self.lines.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// Returns the `seq` of each event printed so far.
    pub fn seqs(&self) -> Vec<i64> {
        self.events().iter().map(|event| event["seq"].as_i64().unwrap()).collect()
    }

    /// Waits until the command has printed this number of events.
    pub async fn prints(&self, events: usize) {
        eventually("events", async || self.lines.lock().unwrap().len() >= events).await;
    }

    /// Waits until standard error contains these words.
    pub async fn says(&self, words: &str) {
        eventually(words, async || self.times_said(words) > 0).await;
    }

    /// Returns how many lines on standard error contain these words.
    pub fn times_said(&self, words: &str) -> usize {
        self.process.times_said(words)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Waits until the command ends.
    pub async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, self.process.wait()).await.expect("it ends");
        if let Some(reading) = self.reading.take() {
            reading.await.unwrap();
        }
        Ended { status: status.code(), events: self.events(), said: self.process.said() }
    }
}
