//! The three runtimes of the service. `ingress` serves the providers' requests. `commit` does the
//! work that must go on during a flood. `operator` answers people, programs and monitoring.
//!
//! A commit consists of a dozen short steps, and each of them waits for an answer of the database.
//! On the runtime that serves a flood of requests, each step would queue behind thousands of other
//! tasks, and commits would miss their deadline although the database is idle. The runtime `commit`
//! has a thread of its own. The operating system gives such a thread its turn soon, because it
//! mostly waits. The runtime `operator` has one, too: answers go on during a flood, and a page that
//! takes long to render delays no commit.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// The runtimes. Dropping this ends `commit` and `operator` without waiting for their tasks.
#[derive(Debug)]
pub(super) struct Runtimes {
    /// The runtime of the caller, which the command line builds.
    ingress: Handle,
    commit: Handle,
    operator: Handle,
    /// Taken when this is dropped.
    owned: Vec<Runtime>,
}

impl Runtimes {
    /// Starts `commit` and `operator` with one thread each. The runtime of the caller is `ingress`.
    pub(super) fn start() -> io::Result<Self> {
        let (commit, operator) = (with_one_thread("commit")?, with_one_thread("operator")?);
        Ok(Self {
            ingress: Handle::current(),
            commit: commit.handle().clone(),
            operator: operator.handle().clone(),
            owned: vec![commit, operator],
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

    /// Returns the runtime that answers people, programs and monitoring.
    pub(super) fn operator(&self) -> &Handle {
        &self.operator
    }
}

fn with_one_thread(name: &str) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name(name).enable_all().build()
}

impl Drop for Runtimes {
    fn drop(&mut self) {
        // Tokio does not allow one runtime to wait for another's tasks.
        self.owned.drain(..).for_each(Runtime::shutdown_background);
    }
}
