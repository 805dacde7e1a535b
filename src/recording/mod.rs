//! The way into the database: a queue in front of group commit for authentic deliveries, and a
//! low-priority writer for the quarantine.

mod callers;
mod group;
mod not_recorded;
mod quarantine;
mod queue;

pub use callers::Callers;
pub use group::commit_group;
pub use not_recorded::NotRecorded;
pub use quarantine::QuarantineWriter;
pub use queue::Recorder;
