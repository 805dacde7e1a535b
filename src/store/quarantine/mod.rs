//! The quarantine of refused deliveries. It also keeps the requests that were turned away before
//! they could be judged, as far as they arrived.

mod keep;
mod reason;

pub use keep::{QuarantineLimits, RefusedRecord};
pub use reason::{QuarantineReason, TurnedAway};
