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
    /// The labels of the reasons that a database which comes and goes, or a full queue, gives.
    pub const LABELS: [&'static str; 7] = [
        Self::QueueFull.as_str(),
        Self::Deadline.as_str(),
        Self::Stopped.as_str(),
        Self::Store(StoreErrorKind::Unreachable).as_str(),
        Self::Store(StoreErrorKind::ReadOnly).as_str(),
        Self::Store(StoreErrorKind::Timeout).as_str(),
        Self::Store(StoreErrorKind::Exhausted).as_str(),
    ];

    /// Returns the label in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Deadline => "deadline",
            Self::Stopped => "stopped",
            Self::Store(kind) => kind.as_str(),
        }
    }
}
