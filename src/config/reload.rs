//! `[reload]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[reload]`: when accounts and keys are read again, besides at SIGHUP.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReloadSettings {
    /// How often the configuration's files are looked at; 0: never.
    pub watch_seconds: u32,
}

impl ReloadSettings {
    /// How often the configuration's files are looked at, if at all.
    pub fn watch_every(&self) -> Option<Duration> {
        let seconds = (self.watch_seconds > 0).then_some(self.watch_seconds)?;
        Some(Duration::from_secs(seconds.into()))
    }
}
