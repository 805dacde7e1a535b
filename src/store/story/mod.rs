//! The whole story of a refund: its events, its deliveries with our answers, and what people noted.

mod read;

pub use read::{Resolved, Story};
