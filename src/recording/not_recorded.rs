//! The reasons why a delivery is not committed.

use crate::store::StoreErrorKind;

/// Why a delivery was not committed, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// Too many deliveries, or too many bytes, wait already.
    QueueFull,
    /// The deadline passed. It may still be committed.
    Deadline,
    /// The recorder has stopped.
    Stopped,
    /// The database did not commit it, for this kind of reason.
    Store(StoreErrorKind),
}

impl NotRecorded {
    /// Returns the label in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Deadline => "deadline",
            Self::Stopped => "stopped",
            Self::Store(kind) => kind.as_str(),
        }
    }
}
