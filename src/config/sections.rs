//! The sections of the configuration, without the accounts.

use config::{Map, Value, ValueKind};
use serde::Deserialize;

use super::error::Finding;
use super::origin::origin_at;
use super::{
    AtRestSettings, ConfigurationError, DatabaseSettings, EmbeddedSettings, HttpSettings,
    LogSettings, OperatorSettings, QuarantineSettings, RecordingSettings, ReloadSettings,
    RetentionSettings,
};

/// The sections, validated.
#[derive(Debug, Deserialize)]
pub(super) struct Sections {
    pub http: HttpSettings,
    pub operator: OperatorSettings,
    pub database: DatabaseSettings,
    pub embedded: EmbeddedSettings,
    pub recording: RecordingSettings,
    pub quarantine: QuarantineSettings,
    pub at_rest: AtRestSettings,
    pub retention: RetentionSettings,
    pub reload: ReloadSettings,
    pub log: LogSettings,
}

/// The bytes in the queue for a request head and for what the service keeps beside a body.
const HEAD_BYTES: usize = 128 * 1024;

/// Reads and validates the sections. The error has a line for each unknown key and invalid value.
pub(super) fn read(root: Map<String, Value>) -> Result<Sections, ConfigurationError> {
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let source = Value::new(None, ValueKind::Table(root.clone()));
    let read: Result<Sections, config::ConfigError> = serde_ignored::deserialize(source, &mut note);
    let sections = read.map_err(|error| {
        let finding = Finding::new(&error);
        let key = with_dots(&finding.key.unwrap_or_default());
        let origin = finding.origin.unwrap_or_else(|| origin_at(&root, &key));
        ConfigurationError::at(&origin, &key, finding.message)
    })?;
    let mut mistakes: Vec<ConfigurationError> = unknown
        .iter()
        .map(|path| ConfigurationError::at(&origin_at(&root, path), path, "unknown key"))
        .collect();
    let problems = [
        ("http", sections.http.problem()),
        ("operator", sections.operator.problem()),
        ("database", sections.database.problem()),
        ("recording", sections.recording.problem()),
        ("quarantine", sections.quarantine.problem()),
        ("at_rest", sections.at_rest.problem()),
        ("retention", sections.retention.problem()),
        ("log", sections.log.problem()),
        ("recording", sections.problem()),
    ];
    for (section, problem) in problems {
        if let Some((key, message)) = problem {
            let path = format!("{section}.{key}");
            mistakes.push(ConfigurationError::at(&origin_at(&root, &path), &path, message));
        }
    }
    ConfigurationError::all(mistakes).map_or(Ok(sections), Err)
}

/// Returns the path of a key with a dot before each index and name: the library writes the key of a
/// table in a list as `tokens[0]role`.
fn with_dots(path: &str) -> String {
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(".")
}

impl Sections {
    /// Returns a contradiction between sections: the key in `[recording]`, and what was expected.
    fn problem(&self) -> Option<(&'static str, &'static str)> {
        let largest = self.http.max_body_bytes.saturating_add(HEAD_BYTES);
        let holds_one = usize::try_from(self.recording.queue_bytes).is_ok_and(|all| all >= largest);
        (!holds_one).then_some((
            "queue_bytes",
            "expected room for one delivery: at least [http].max_body_bytes plus 131072",
        ))
    }
}
