//! The failures of a server that a test can cause.

use std::fs;

use nix::sys::signal::Signal;

use super::Postgres;
use crate::processes;

impl Postgres {
    /// Kills every process of the server at once, as the loss of its machine does. What the server
    /// wrote to files stays.
    pub async fn kill_all(&self) {
        // The server's first process must not start another one while they are counted.
        self.freeze();
        self.send_to_all(Signal::SIGKILL);
        self.is_gone().await;
    }

    /// Shuts the server down immediately with SIGQUIT. The next start recovers.
    pub async fn shut_down_at_once(&self) {
        processes::send(self.process_id(), Signal::SIGQUIT);
        self.is_gone().await;
    }

    /// Kills one process that serves a session. The server then ends all other sessions and
    /// recovers by itself. Returns whether a process was found.
    pub fn kill_a_backend(&self, choice: usize) -> bool {
        let serves = |id: &u32| processes::title(*id).contains("refund_inbox refund_inbox ");
        let backends: Vec<u32> =
            processes::working_in(&self.data).into_iter().filter(serves).collect();
        let Some(chosen) = backends.get(choice % backends.len().max(1)) else { return false };
        processes::send(*chosen, Signal::SIGKILL);
        true
    }

    /// Freezes every process of the server. The system still accepts connections, but nothing
    /// answers.
    pub fn freeze(&self) {
        self.send_to_all(Signal::SIGSTOP);
    }

    /// Lets the frozen processes continue.
    pub fn thaw(&self) {
        self.send_to_all(Signal::SIGCONT);
    }

    /// Restarts the server as a standby, which takes no commits until it is promoted.
    pub async fn restart_as_standby(&self) {
        self.stop().await;
        fs::write(self.data.join("standby.signal"), "").unwrap();
        self.start_again().await;
    }

    fn send_to_all(&self, signal: Signal) {
        for id in processes::working_in(&self.data) {
            processes::send(id, signal);
        }
    }
}
