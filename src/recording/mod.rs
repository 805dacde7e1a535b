//! The way into the database: a queue whose deliveries are committed in groups, and a writer for
//! the quarantine that takes what is left of the database's time.

mod group;
mod quarantine;
mod queue;

pub use group::commit_group;
pub use quarantine::QuarantineWriter;
pub use queue::{NotRecorded, Recorder};
