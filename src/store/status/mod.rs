//! What waits for a person, as the database knows it.

mod gauges;
mod read;

pub use gauges::OpenRefunds;
pub use read::{AccountActivity, Waiting};
