//! The way into the database: a recorder that commits what has gathered, and a keeper of the pen
//! that takes what is left of the database's time.

mod group;
mod pen_keeper;
mod recorder;

pub use group::record_together;
pub use pen_keeper::PenKeeper;
pub use recorder::{NotRecorded, Recorder};
