//! Erases the personal data of one refund: the payload and the free texts of its events, and the
//! bodies, headers, client addresses and queries of its deliveries.
//!
//! Ids, amounts, times, statuses, flags and digests stay. So the fold and the reports are as before,
//! and a repeat of an erased event is still a duplicate. What arrives later about an erased refund is
//! erased by maintenance.

mod erase;
mod search;

pub use erase::{Erased, Erasure};
