//! The runtime `commit`, for work that must go on during a flood: commits, and answers to people
//! and monitoring. Requests run on the runtime `ingress`, which `main` builds.
//!
//! A commit consists of a dozen short steps, and each of them waits for an answer of the database.
//! On the runtime that also serves a flood of requests, each step would queue behind thousands of
//! other tasks, and commits would miss their deadline although the database is idle. On a thread of
//! its own, the operating system schedules the work, and it soon runs a thread that mostly waits.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// A runtime with one thread. Dropping it ends the thread without waiting for its tasks.
#[derive(Debug)]
pub(super) struct CommitRuntime(Option<Runtime>);

impl CommitRuntime {
    /// Starts the runtime and its thread.
    pub(super) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).thread_name("commit").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// Returns a handle to the runtime, or to the caller's own runtime once this one has ended.
    pub(super) fn handle(&self) -> Handle {
        self.0.as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for CommitRuntime {
    fn drop(&mut self) {
        // Tokio does not allow one runtime to wait for another's tasks.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
