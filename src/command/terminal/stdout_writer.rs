//! Writes standard output for a command that keeps running. A thread of its own does the writing,
//! so that a reader who does not read blocks neither signals nor the database connection.

use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::sync::oneshot;

use super::output;
use crate::command::Failure;

/// The writing thread. It ends with the process, because a blocked write cannot be cancelled.
#[derive(Debug)]
pub(in crate::command) struct StdoutWriter {
    to_write: mpsc::Sender<Page>,
}

#[derive(Debug)]
struct Page {
    text: String,
    written: oneshot::Sender<Result<(), Failure>>,
}

impl StdoutWriter {
    /// Starts the thread.
    pub(in crate::command) fn start() -> Result<Self, Failure> {
        let (to_write, pages) = mpsc::channel::<Page>();
        std::thread::Builder::new().name("standard output".to_owned()).spawn(move || {
            for Page { text, written } in pages {
                // If the command is ending, it no longer waits for the result.
                let _ = written.send(output::write(&text));
            }
        })?;
        Ok(Self { to_write })
    }

    /// Writes whole lines, and waits until they are flushed.
    pub(in crate::command) async fn write(&self, text: String) -> Result<(), Failure> {
        let (written, outcome) = oneshot::channel();
        // If the thread has ended, `outcome` fails below.
        let _ = self.to_write.send(Page { text, written });
        let gone = || Failure::Other("standard output can no longer be written".to_owned());
        outcome.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Returns whether the reader has closed standard output. A write would find out only at the next
/// event.
pub(in crate::command) fn is_closed() -> bool {
    let stdout = io::stdout();
    let mut asked = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
    poll(&mut asked, PollTimeout::ZERO).is_ok()
        && asked.iter().any(|one| one.revents().is_some_and(|events| events.intersects(gone)))
}
