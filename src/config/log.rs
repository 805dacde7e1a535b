//! `[log]`

use serde::{Deserialize, Serialize};

/// `[log]`: what the service logs to standard error, and in which format.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogSettings {
    /// The format of the lines.
    pub format: LogFormat,
    /// A level, or directives for modules of the program.
    pub level: String,
}

/// The format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "String")]
pub enum LogFormat {
    /// Text, for people.
    Text,
    /// One JSON object for each line, for programs.
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        match word.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("expected one of text, json"),
        }
    }
}

/// The valid levels.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl LogSettings {
    /// Returns the key and what was expected if the level is invalid. The logging library would
    /// take an invalid level for the name of a module, and log nothing.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let is_level = |word: &str| LEVELS.contains(&word.trim().to_ascii_lowercase().as_str());
        let is_sound = |directive: &str| match directive.split_once('=') {
            Some((target, level)) => !target.trim().is_empty() && is_level(level),
            None => is_level(directive),
        };
        if self.level.split(',').all(is_sound) {
            return None;
        }
        Some((
            "level",
            "expected off, error, warn, info, debug or trace, or directives like info,hyper=warn",
        ))
    }
}
