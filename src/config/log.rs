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
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
