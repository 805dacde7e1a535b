//! `[recording]` and `[quarantine]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[recording]`: the way of deliveries into the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordingSettings {
    /// Deliveries that may wait.
    pub queue_deliveries: u32,
    /// Bytes that may wait.
    pub queue_bytes: u32,
    /// The most deliveries in one transaction.
    pub group_deliveries: u32,
    /// How long a delivery may wait for its commit, in milliseconds.
    pub deadline_ms: u32,
}

impl RecordingSettings {
    /// How long a delivery may wait for its commit.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms.into())
    }

    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { queue_deliveries: 0, .. } => Some(("queue_deliveries", "expected at least 1")),
            Self { group_deliveries: 0, .. } => Some(("group_deliveries", "expected at least 1")),
            Self { deadline_ms: 0, .. } => Some(("deadline_ms", "expected at least 1")),
            Self { .. } => None,
        }
    }
}

/// `[quarantine]`: how much is kept of what was refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuarantineSettings {
    /// Refused deliveries that are kept, for each account.
    pub deliveries_per_account: u32,
    /// Bytes of them, for each account.
    pub bytes_per_account: u32,
    /// Refused deliveries that may wait to be kept.
    pub queue_deliveries: u32,
    /// Bytes of them that may wait.
    pub queue_bytes: u32,
}

impl QuarantineSettings {
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { queue_deliveries: 0, .. } => Some(("queue_deliveries", "expected at least 1")),
            Self { .. } => None,
        }
    }
}
