//! Mistakes in the configuration.

use std::fmt;

use config::ConfigError;

/// One or several mistakes in the configuration. Each is one line that names the file or variable,
/// the key, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError {
    /// One line for each mistake.
    pub lines: Vec<String>,
}

impl ConfigurationError {
    /// Returns one mistake, in `origin` at `key`.
    pub(super) fn at(origin: &str, key: &str, message: impl fmt::Display) -> Self {
        Self { lines: vec![line(&format!("{origin}: {key}: {message}"))] }
    }

    /// Returns one mistake that concerns no single key.
    pub(super) fn plain(origin: &str, message: impl fmt::Display) -> Self {
        Self { lines: vec![line(&format!("{origin}: {message}"))] }
    }

    /// Returns the error for a panic while the configuration was read.
    pub fn bug() -> Self {
        Self::plain("configuration", "bug in refund-inbox: reading the configuration panicked")
    }

    /// Joins mistakes; returns `None` if there are none.
    pub(super) fn all(mistakes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let lines: Vec<String> = mistakes.into_iter().flat_map(|error| error.lines).collect();
        (!lines.is_empty()).then_some(Self { lines })
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for ConfigurationError {}

/// Escapes control characters, so that each mistake is one line. Keys and paths may contain line
/// breaks and terminal commands.
fn line(text: &str) -> String {
    let plain = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(plain).collect()
}

/// An error of the `config` crate in one line, with its key and origin if they are known. It leaves
/// out the value, which might be a secret in the wrong place.
pub(super) struct Finding {
    pub key: Option<String>,
    pub origin: Option<String>,
    pub message: String,
}

impl Finding {
    /// Describes an error of the `config` crate.
    pub(super) fn new(error: &ConfigError) -> Self {
        match error {
            ConfigError::Type { origin, expected, key, .. } => Self {
                key: key.clone(),
                origin: origin.clone(),
                message: format!("expected {expected}, found something else"),
            },
            ConfigError::At { error, origin, key } => {
                let inner = Self::new(error);
                let key = match (key, inner.key) {
                    (Some(outer), Some(inner)) => Some(format!("{outer}.{inner}")),
                    (outer, inner) => outer.clone().or(inner),
                };
                Self { key, origin: origin.clone().or(inner.origin), message: inner.message }
            }
            ConfigError::NotFound(key) => Self {
                key: Some(key.clone()),
                origin: None,
                message: "expected a value, found none".to_owned(),
            },
            ConfigError::Message(text) => {
                Self { key: None, origin: None, message: without_the_value(text) }
            }
            // Errors of features of the crate that we do not use, and variants it may add.
            ConfigError::Frozen
            | ConfigError::PathParse { .. }
            | ConfigError::FileParse { .. }
            | ConfigError::Foreign(_)
            | _ => Self { key: None, origin: None, message: "expected another value".to_owned() },
        }
    }

    /// Returns whether a list was expected.
    pub(super) fn wants_list(&self) -> bool {
        self.message == WANTS_LIST
    }
}

const WANTS_LIST: &str = "expected a list, found something else";

/// Removes the value that was found from a message of `serde` or of the crate. Our own messages do
/// not contain it.
fn without_the_value(text: &str) -> String {
    if let Some((_, expected)) = text.rsplit_once(", expected ") {
        return match expected {
            "a sequence" => WANTS_LIST.to_owned(),
            name if name.starts_with("struct ") => {
                "expected a table, found something else".to_owned()
            }
            other => format!("expected {other}, found something else"),
        };
    }
    let ours = ["expected ", "a secret must not be empty", "invalid socket address"];
    if ours.iter().any(|beginning| text.starts_with(beginning)) {
        return text.to_owned();
    }
    "expected one of the values in the reference, found another".to_owned()
}
