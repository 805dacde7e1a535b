//! The configuration: an embedded reference, a file over it, and the environment over both.
//!
//! Each mistake is reported in one line, which names the file or variable, the key and what was
//! expected. No message and no printed configuration contains a secret.

mod accounts;
mod age;
mod at_rest;
mod change;
mod configuration;
mod database;
mod database_url;
mod deprecated;
mod embedded;
mod environment;
mod error;
mod files;
mod http;
mod layer;
mod load;
mod log;
mod operator;
mod origin;
mod printable;
mod proxies;
mod recording;
mod references;
mod reload;
mod retention;
mod sections;
mod toml;

pub use accounts::{AccountName, ConfiguredAccount, read_account};
pub use age::age;
pub use at_rest::{AtRestSettings, WrappingKey};
pub use change::{AccountChange, Difference, FixedSettings, account_changes};
pub use configuration::Configuration;
pub use database::DatabaseSettings;
pub use database_url::{DatabaseUrl, Target};
pub use deprecated::DeprecatedSetting;
pub use embedded::EmbeddedSettings;
pub use environment::{Environment, terminal_variable};
pub use error::ConfigurationError;
pub use files::Files;
pub use http::HttpSettings;
pub use load::{Loaded, REFERENCE, Sources, load, load_with_files};
pub use log::{LogFormat, LogSettings};
pub use operator::{OperatorSettings, OperatorToken, Role, TokenDigest, UserHeader};
pub use proxies::{ClientAddressHeader, Networks};
pub use recording::{QuarantineSettings, RecordingSettings};
pub use reload::ReloadSettings;
pub use retention::RetentionSettings;
