//! The configuration: an embedded reference, a file, the environment, in this order.
//!
//! Every mistake is one line that says where it stands, which key it is and what was expected.
//! Secrets never appear in such a line, nor anywhere else.

mod accounts;
mod database;
mod embedded;
mod environment;
mod error;
mod http;
mod layers;
mod log;
mod printable;
mod recording;
mod references;

use serde::Deserialize;

pub use accounts::{AccountName, ConfiguredAccount, read_account};
pub use database::DatabaseSettings;
pub use embedded::EmbeddedSettings;
pub use environment::Environment;
pub use error::ConfigurationError;
pub use http::HttpSettings;
pub use layers::{Sources, load};
pub use log::{LogFormat, LogSettings};
pub use recording::{PenSettings, RecordingSettings};

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
    /// `[pen]`
    pub pen: PenSettings,
    /// `[log]`
    pub log: LogSettings,
    /// `[accounts.NAME]`, by name.
    pub accounts: Vec<ConfiguredAccount>,
}

/// The sections as they are read, before accounts are given to their providers.
#[derive(Debug, Deserialize)]
struct Sections {
    http: HttpSettings,
    database: DatabaseSettings,
    embedded: EmbeddedSettings,
    recording: RecordingSettings,
    pen: PenSettings,
    log: LogSettings,
}
