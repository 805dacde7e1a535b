//! The three runtimes of the service. `ingress` serves the providers' requests. `commit` does the
//! work that must go on during a flood. `operator` answers people, programs and monitoring.
//!
//! A commit consists of a dozen short steps, and each of them waits for an answer of the database.
//! On the runtime that serves a flood of requests, each step would queue behind thousands of other
//! tasks, and commits would miss their deadline although the database is idle. The runtime `commit`
//! has a thread of its own. The operating system gives such a thread its turn soon, because it
//! mostly waits. The runtime `operator` has one, too: answers go on during a flood, and a page that
//! takes long to render delays no commit. Its priority is lower: a flood leaves it a tenth of what
//! the others get, and where cores are free it gets them.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// How much nicer than the others the thread of the runtime `operator` is, as `nice(1)` counts.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

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
        let commit = with_one_thread("commit").build()?;
        let operator = with_one_thread("operator").on_thread_start(yield_to_others).build()?;
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

fn with_one_thread(name: &str) -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).thread_name(name).enable_all();
    builder
}

/// Lowers the priority of the thread that calls it, which needs no privilege. Elsewhere than on Linux
/// the call would lower that of the whole process.
#[cfg(target_os = "linux")]
fn yield_to_others() {
    // Without it, everything works, and people may be felt a little.
    let _ = rustix::process::nice(NICENESS);
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others() {}

impl Drop for Runtimes {
    fn drop(&mut self) {
        // Tokio does not allow one runtime to wait for another's tasks.
        self.owned.drain(..).for_each(Runtime::shutdown_background);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;
    use tokio::runtime::Handle;

    use super::{NICENESS, Runtimes};

    /// The greatest niceness.
    const NICEST: i32 = 19;

    #[tokio::test]
    async fn only_the_thread_that_answers_people_has_a_lower_priority() {
        let runtimes = Runtimes::start().unwrap();
        let niceness = async |runtime: &Handle| {
            runtime.spawn(async { getpriority_process(None).unwrap() }).await.unwrap()
        };
        let usual = niceness(runtimes.ingress()).await;
        assert_eq!(niceness(runtimes.commit()).await, usual);
        assert_eq!(niceness(runtimes.operator()).await, (usual + NICENESS).min(NICEST));
    }
}
