//! Parses TOML.

use config::{FileFormat, Format, Map, Value};

use super::ConfigurationError;

/// Parses `text`, whose values get `origin`. The sources of the `config` crate are not used: they
/// would take a quoted key for a path, and grow a list up to any index in a key.
pub(super) fn read_toml(
    origin: &str,
    text: &str,
) -> Result<Map<String, Value>, ConfigurationError> {
    FileFormat::Toml
        .parse(Some(&origin.to_owned()), text)
        .map_err(|error| ConfigurationError::plain(origin, first_line(&error.to_string())))
}

/// Returns the place and the reason of a TOML error, without the excerpt between them.
fn first_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.as_slice() {
        [] => "expected TOML, found something else".to_owned(),
        [only] => (*only).to_owned(),
        [first, .., last] => format!("{first}: {last}"),
    }
}
