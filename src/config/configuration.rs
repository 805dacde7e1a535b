//! The whole configuration.

use super::{
    AtRestSettings, ConfiguredAccount, DatabaseSettings, DeprecatedSetting, EmbeddedSettings,
    HttpSettings, LogSettings, OperatorSettings, QuarantineSettings, RecordingSettings,
    ReloadSettings, RetentionSettings,
};

/// The whole configuration, validated.
#[derive(Debug)]
pub struct Configuration {
    /// `[http]`
    pub http: HttpSettings,
    /// `[operator]`
    pub operator: OperatorSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[embedded]`
    pub embedded: EmbeddedSettings,
    /// `[recording]`
    pub recording: RecordingSettings,
    /// `[quarantine]`
    pub quarantine: QuarantineSettings,
    /// `[at_rest]`
    pub at_rest: AtRestSettings,
    /// `[retention]`
    pub retention: RetentionSettings,
    /// `[reload]`
    pub reload: ReloadSettings,
    /// `[log]`
    pub log: LogSettings,
    /// `[accounts.NAME]`, by name.
    pub accounts: Vec<ConfiguredAccount>,
    /// The deprecated settings that the operator sets.
    pub deprecated: Vec<DeprecatedSetting>,
}
