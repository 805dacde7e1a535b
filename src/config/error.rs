//! A mistake in the configuration.

use std::fmt;

use config::ConfigError;

/// A mistake in the configuration, or several. Each is one line: where it stands, which key, what
/// was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError {
    /// One line for each mistake.
    pub lines: Vec<String>,
}

impl ConfigurationError {
    /// One mistake: in `origin`, at `key`.
    pub(super) fn at(origin: &str, key: &str, message: impl fmt::Display) -> Self {
        Self { lines: vec![format!("{origin}: {key}: {message}")] }
    }

    /// One mistake that has no key.
    pub(super) fn plain(message: impl fmt::Display) -> Self {
        Self { lines: vec![message.to_string()] }
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for ConfigurationError {}

/// What the `config` crate found, in one line, with its key and origin where it knows them. The
/// value that was found is left out: it might be a secret in the wrong place.
pub(super) struct Finding {
    pub key: Option<String>,
    pub origin: Option<String>,
    pub message: String,
}

impl Finding {
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
            ConfigError::FileParse { uri, cause } => {
                Self { key: None, origin: uri.clone(), message: first_line(&cause.to_string()) }
            }
            other => Self { key: None, origin: None, message: first_line(&other.to_string()) },
        }
    }
}

/// The place and the reason of a TOML error, without the excerpt that it prints between them.
fn first_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [] => "expected TOML, found something else".to_owned(),
        [only] => (*only).to_owned(),
        [first, .., last] => format!("{first}: {last}"),
    }
}
