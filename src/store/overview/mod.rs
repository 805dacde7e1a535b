//! Reads what the console draws, and when keys were used last.

mod read;

pub use read::{Counted, MOST_DRAWN};
