//! The two runtimes of the service. `ingress` serves the providers' requests. `commit` does the work
//! that must go on during a flood: it commits, and it answers people and monitoring.
//!
//! A commit consists of a dozen short steps, and each of them waits for an answer of the database.
//! On the runtime that serves a flood of requests, each step would queue behind thousands of other
//! tasks, and commits would miss their deadline although the database is idle. The runtime `commit`
//! has a thread of its own. The operating system gives such a thread its turn soon, because it
//! mostly waits.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// The runtimes. Dropping this ends `commit` without waiting for its tasks.
#[derive(Debug)]
pub(super) struct Runtimes {
    /// The runtime of the caller, which the command line builds.
    ingress: Handle,
    commit: Handle,
    /// Taken when this is dropped.
    owned_commit: Option<Runtime>,
}

impl Runtimes {
    /// Starts `commit` with one thread. The runtime of the caller is `ingress`.
    pub(super) fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let commit = builder.worker_threads(1).thread_name("commit").enable_all().build()?;
        Ok(Self {
            ingress: Handle::current(),
            commit: commit.handle().clone(),
            owned_commit: Some(commit),
        })
    }

    /// Returns the runtime that serves the providers' requests.
    pub(super) fn ingress(&self) -> &Handle {
        &self.ingress
    }

    /// Returns the runtime that commits.
    pub(super) fn commit(&self) -> &Handle {
        &self.commit
    }
}

impl Drop for Runtimes {
    fn drop(&mut self) {
        // Tokio does not allow one runtime to wait for another's tasks.
        if let Some(runtime) = self.owned_commit.take() {
            runtime.shutdown_background();
        }
    }
}
