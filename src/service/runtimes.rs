//! A thread for what must go on whatever strangers do: commits, and the answers to people and
//! monitoring.
//!
//! A commit is a dozen short steps, each after an answer of the database. Among the requests of a
//! flood each step would stand behind thousands of others, and commits would miss their deadline
//! however idle the database. On a thread of its own it is the operating system that shares the
//! processors out, and it soon serves a thread that mostly waits.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// A runtime with one thread. When it is dropped the thread ends, whatever it is doing.
#[derive(Debug)]
pub struct CommitRuntime(Option<Runtime>);

impl CommitRuntime {
    /// Starts the thread.
    pub fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).thread_name("own-thread").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// What `begin` spawns runs on the thread.
    pub fn run<T>(&self, begin: impl FnOnce() -> T) -> T {
        let _entered = self.0.as_ref().map(Runtime::enter);
        begin()
    }
}

impl Drop for CommitRuntime {
    fn drop(&mut self) {
        // Waiting for it is not allowed where this is dropped.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
