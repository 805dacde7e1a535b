//! A running process, and what it prints on standard error.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::waiting::eventually;

/// Runs a command and prints its process number. When our end of its standard input closes, which
/// also happens when we die, it ends the command with SIGTERM, as an operator does.
const GUARD: &str = r#""$@" & echo $!; read -r _; kill $!; wait $!"#;

/// A process that ends with its test. Its standard error goes into an unnamed file. So the process
/// never waits for a reader, and its last lines stay readable after its end.
pub struct Process {
    child: Mutex<Child>,
    id: u32,
    log: File,
}

impl Process {
    /// Starts a process.
    pub fn start(command: Command) -> Self {
        let (child, log) = spawn(command, true);
        Self { id: child.id().unwrap(), child: Mutex::new(child), log }
    }

    /// Starts a process that also ends when we are killed. [`Self::wait`] ends it in good order.
    pub async fn start_guarded(command: Command) -> Self {
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => guard.env(name, value),
                None => guard.env_remove(name),
            };
        }
        guard.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Killing the guard would leave the process behind; its closed input ends both.
        let (mut child, log) = spawn(guard, false);
        let mut id = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut id).await.unwrap();
        Self { id: id.trim().parse().unwrap(), child: Mutex::new(child), log }
    }

    /// Returns the process's number.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Returns the pipe that the process prints into, if the command asked for one.
    pub fn take_output(&mut self) -> Option<ChildStdout> {
        self.child.get_mut().unwrap().stdout.take()
    }

    /// Returns the lines that the process has printed on standard error so far.
    pub fn said(&self) -> Vec<String> {
        let length = self.log.metadata().unwrap().len();
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.log.read_exact_at(&mut bytes, 0).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // A line without its line break is incomplete.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(str::to_owned).collect()
    }

    /// Returns how many lines contain these words.
    pub fn times_said(&self, words: &str) -> usize {
        self.said().iter().filter(|line| line.contains(words)).count()
    }

    /// Returns the log lines whose message contains these words.
    pub fn lines(&self, message: &str) -> Vec<Value> {
        let said = self.said();
        let lines = said.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let matches =
            |line: &Value| line["message"].as_str().is_some_and(|found| found.contains(message));
        lines.filter(matches).collect()
    }

    /// Waits for a log line whose message contains these words, and returns the first one. Panics
    /// when the process ends without it.
    pub async fn says(&self, message: &str) -> Value {
        let mut line = None;
        eventually(message, async || {
            // The lines that it printed last count too.
            let has_ended = self.has_ended();
            line = self.lines(message).into_iter().next();
            assert!(!has_ended || line.is_some(), "ended: {:?}", self.said());
            line.is_some()
        })
        .await;
        line.unwrap()
    }

    /// Returns whether the process has ended.
    pub fn has_ended(&self) -> bool {
        self.child.lock().unwrap().try_wait().unwrap().is_some()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        assert!(!self.has_ended(), "ended: {:?}", self.said());
        kill(Pid::from_raw(self.id.try_into().unwrap()), signal).unwrap();
    }

    /// Kills the process at once, by SIGKILL.
    pub async fn kill(&mut self) {
        self.child.get_mut().unwrap().kill().await.unwrap();
    }

    /// Waits for the end of the process.
    pub async fn wait(&mut self) -> ExitStatus {
        self.child.get_mut().unwrap().wait().await.unwrap()
    }
}

/// Starts a command; its standard error goes into the file.
fn spawn(mut command: Command, kill_on_drop: bool) -> (Child, File) {
    let log = tempfile::tempfile().unwrap();
    command.stderr(log.try_clone().unwrap());
    let mut command = tokio::process::Command::from(command);
    (command.kill_on_drop(kill_on_drop).spawn().unwrap(), log)
}
