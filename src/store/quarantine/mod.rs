//! The quarantine of refused deliveries.

mod keep;

pub use keep::{QuarantineLimits, RefusedRecord};
