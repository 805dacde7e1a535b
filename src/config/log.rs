//! `[log]`

use serde::{Deserialize, Serialize};

/// `[log]`: what is logged to standard error, and in which form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogSettings {
    /// For people or for programs.
    pub format: LogFormat,
    /// A level, or directives for parts of the program.
    pub level: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "String")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
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

/// The words for a level.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

impl LogSettings {
    /// A level that is none would be taken for the name of a part of the program, and nothing
    /// would be logged at all.
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
            "expected off, error, warn, info, debug or trace, or such as info,hyper=warn",
        ))
    }
}
