//! What waits for a person, as the database knows it.

mod read;

pub use read::{AccountActivity, Waiting};
