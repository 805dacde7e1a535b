//! `[recording]` and `[quarantine]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[recording]`: how deliveries are committed to the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordingSettings {
    /// The maximum number of deliveries that wait.
    pub queue_deliveries: u32,
    /// The maximum size of the deliveries that wait, in bytes.
    pub queue_bytes: u32,
    /// The maximum number of deliveries in one transaction.
    pub group_deliveries: u32,
    /// How long a delivery may wait for its commit, in milliseconds.
    pub deadline_ms: u32,
}

impl RecordingSettings {
    /// Returns how long a delivery may wait for its commit.
    pub fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms.into())
    }

    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { queue_deliveries: 0, .. } => Some(("queue_deliveries", "expected at least 1")),
            Self { group_deliveries: 0, .. } => Some(("group_deliveries", "expected at least 1")),
            Self { deadline_ms: 0, .. } => Some(("deadline_ms", "expected at least 1")),
            Self { .. } => None,
        }
    }
}

/// `[quarantine]`: how many refused deliveries are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuarantineSettings {
    /// The maximum number of refused deliveries that are kept for each account.
    pub deliveries_per_account: u32,
    /// The maximum size of the refused deliveries that are kept for each account, in bytes.
    pub bytes_per_account: u32,
    /// The maximum number of refused deliveries that wait to be written.
    pub queue_deliveries: u32,
    /// The maximum size of the refused deliveries that wait to be written, in bytes.
    pub queue_bytes: u32,
}

impl QuarantineSettings {
    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { queue_deliveries: 0, .. } => Some(("queue_deliveries", "expected at least 1")),
            Self { .. } => None,
        }
    }
}
