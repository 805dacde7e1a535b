//! The configuration: an embedded reference, a file, the environment, in this order.
//!
//! Every mistake is one line that says where it stands, which key it is and what was expected.
//! Secrets never appear in such a line, nor anywhere else.

mod accounts;
mod change;
mod database;
mod database_url;
mod deprecated;
mod embedded;
mod environment;
mod error;
mod files;
mod http;
mod layers;
mod log;
mod printable;
mod proxies;
mod recording;
mod references;
mod reload;

use serde::Deserialize;

pub use accounts::{AccountName, ConfiguredAccount, read_account};
pub use change::{AccountChange, Difference, FixedSettings, account_changes};
pub use database::DatabaseSettings;
pub use database_url::{DatabaseUrl, Target};
pub use deprecated::DeprecatedSetting;
pub use embedded::EmbeddedSettings;
pub use environment::Environment;
pub use error::ConfigurationError;
pub use files::Files;
pub use http::HttpSettings;
pub use layers::{Loaded, Sources, load, load_with_files};
pub use log::{LogFormat, LogSettings};
pub use proxies::{ClientAddressHeader, Networks};
pub use recording::{QuarantineSettings, RecordingSettings};
pub use reload::ReloadSettings;

/// The reference configuration: every key, commented.
pub const REFERENCE: &str = include_str!("../../config/default.toml");

/// The whole configuration, checked.
#[derive(Debug)]
pub struct Configuration {
    /// `[http]`
    pub http: HttpSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[embedded]`
    pub embedded: EmbeddedSettings,
    /// `[recording]`
    pub recording: RecordingSettings,
    /// `[quarantine]`
    pub quarantine: QuarantineSettings,
    /// `[reload]`
    pub reload: ReloadSettings,
    /// `[log]`
    pub log: LogSettings,
    /// `[accounts.NAME]`, by name.
    pub accounts: Vec<ConfiguredAccount>,
    /// The deprecated settings that were used.
    pub deprecated: Vec<DeprecatedSetting>,
}

/// The sections as they are read, before accounts are given to their providers.
#[derive(Debug, Deserialize)]
struct Sections {
    http: HttpSettings,
    database: DatabaseSettings,
    embedded: EmbeddedSettings,
    recording: RecordingSettings,
    quarantine: QuarantineSettings,
    reload: ReloadSettings,
    log: LogSettings,
}

/// A request head and what is kept beside a body.
const HEAD_BYTES: usize = 128 * 1024;

impl Sections {
    /// What is wrong between sections: the key in `[recording]` and what was expected.
    fn problem(&self) -> Option<(&'static str, &'static str)> {
        let largest = self.http.max_body_bytes.saturating_add(HEAD_BYTES);
        let holds_one = usize::try_from(self.recording.queue_bytes).is_ok_and(|all| all >= largest);
        (!holds_one).then_some((
            "queue_bytes",
            "expected room for one delivery: at least [http].max_body_bytes and 131072",
        ))
    }
}
