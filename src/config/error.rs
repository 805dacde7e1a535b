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
        Self { lines: vec![line(&format!("{origin}: {key}: {message}"))] }
    }

    /// One mistake that has no key.
    pub(super) fn plain(origin: &str, message: impl fmt::Display) -> Self {
        Self { lines: vec![line(&format!("{origin}: {message}"))] }
    }

    /// Reading the configuration ended in a panic.
    pub fn bug() -> Self {
        Self::plain("configuration", "a bug of ours: reading it panicked")
    }

    /// Several mistakes; `None` when there are none.
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

/// Keys and paths may hold line breaks and terminal commands; a mistake stays one plain line.
fn line(text: &str) -> String {
    let plain = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    text.chars().map(plain).collect()
}

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
            ConfigError::Message(text) => {
                Self { key: None, origin: None, message: without_the_value(text) }
            }
            // Of layers, paths and sources of the crate, none of which are used; and what it may
            // add.
            ConfigError::Frozen
            | ConfigError::PathParse { .. }
            | ConfigError::FileParse { .. }
            | ConfigError::Foreign(_)
            | _ => Self { key: None, origin: None, message: "expected another value".to_owned() },
        }
    }

    /// Whether a list was expected here.
    pub(super) fn wants_list(&self) -> bool {
        self.message == WANTS_LIST
    }
}

const WANTS_LIST: &str = "expected a list, found something else";

/// The wordings of `serde` and of the crate repeat the value that was found; ours do not.
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

/// The place and the reason of a TOML error, without the excerpt that it prints between them.
pub(super) fn first_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [] => "expected TOML, found something else".to_owned(),
        [only] => (*only).to_owned(),
        [first, .., last] => format!("{first}: {last}"),
    }
}
