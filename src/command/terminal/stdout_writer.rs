//! Standard output for a command that goes on: written by a thread of its own, so that a reader who
//! does not read holds up neither a signal nor the connection to the database.

use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::sync::oneshot;

use super::output;
use crate::command::Failure;

/// The thread that writes. It ends with the process: a write that nobody takes cannot be ended.
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
    pub(in crate::command) fn begin() -> Result<Self, Failure> {
        let (to_write, pages) = mpsc::channel::<Page>();
        std::thread::Builder::new().name("standard output".to_owned()).spawn(move || {
            for Page { text, written } in pages {
                // Nobody waits for the outcome where the command is ending.
                let _ = written.send(output::write(&text));
            }
        })?;
        Ok(Self { to_write })
    }

    /// Writes whole lines; done when they are flushed.
    pub(in crate::command) async fn write(&self, text: String) -> Result<(), Failure> {
        let (written, outcome) = oneshot::channel();
        // Where the thread is gone, so is the other end of `outcome`.
        let _ = self.to_write.send(Page { text, written });
        let gone = || Failure::Other("standard output can no longer be written".to_owned());
        outcome.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// Whether whoever read standard output has gone, which a write would only find at the next event.
pub(in crate::command) fn is_closed() -> bool {
    let stdout = io::stdout();
    let mut asked = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
    poll(&mut asked, PollTimeout::ZERO).is_ok()
        && asked.iter().any(|one| one.revents().is_some_and(|events| events.intersects(gone)))
}
