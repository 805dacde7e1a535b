//! `[reload]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[reload]`: when the service reloads accounts and keys, besides at SIGHUP.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReloadSettings {
    /// How often the service reads the configuration's files to find changes, in seconds; 0 means
    /// never.
    pub watch_seconds: u32,
}

impl ReloadSettings {
    /// Returns how often the service reads the configuration's files to find changes, if at all.
    pub fn watch_every(&self) -> Option<Duration> {
        let seconds = (self.watch_seconds > 0).then_some(self.watch_seconds)?;
        Some(Duration::from_secs(seconds.into()))
    }
}
