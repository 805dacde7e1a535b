//! Renamed and removed settings. Their old keys still work, with a warning. The minor release after
//! this one removes them.

use std::fmt;

use config::{Map, Value, ValueKind};

use super::ConfigurationError;
use super::origin::origin;

/// The renamed settings: old section, old key, new section, new key.
const RENAMED: [(&str, &str, &str, &str); 5] = [
    ("http", "peer_header", "http", "client_address_header"),
    ("pen", "deliveries_per_account", "quarantine", "deliveries_per_account"),
    ("pen", "bytes_per_account", "quarantine", "bytes_per_account"),
    ("pen", "queue_deliveries", "quarantine", "queue_deliveries"),
    ("pen", "queue_bytes", "quarantine", "queue_bytes"),
];

/// The settings that no longer have an effect: section and key.
const REMOVED: [(&str, &str); 1] = [("recording", "recorders")];

/// A deprecated setting that the operator still sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeprecatedSetting {
    /// The file or variable that sets it.
    pub origin: String,
    /// The old key, with its section.
    pub key: String,
    /// The new key, with its section; `None` if the setting no longer has an effect.
    pub new_key: Option<String>,
}

impl fmt::Display for DeprecatedSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, key, new_key } = self;
        match new_key {
            Some(new_key) => write!(formatter, "{origin}: {key} is deprecated: use {new_key}"),
            None => write!(formatter, "{origin}: {key} no longer has an effect: remove it"),
        }
    }
}

/// Moves the values of deprecated keys in `given` to the new keys, and returns the deprecated
/// settings. `given` contains what the operator sets, without the defaults.
///
/// # Errors
///
/// The operator sets both the old and the new key of a setting.
pub(super) fn apply(
    given: &mut Map<String, Value>,
) -> Result<Vec<DeprecatedSetting>, ConfigurationError> {
    let mut found = Vec::new();
    for (section, key, new_section, new_key) in RENAMED {
        let Some(value) = take(given, section, key) else { continue };
        let (key, new_key_path) = (format!("{section}.{key}"), format!("{new_section}.{new_key}"));
        let origin = origin(&value);
        let target = given.entry(new_section.to_owned()).or_insert_with(|| {
            Value::new(value.origin().map(str::to_owned).as_ref(), ValueKind::Table(Map::new()))
        });
        // Reading the sections reports a section that is not a table.
        if let ValueKind::Table(table) = &mut target.kind
            && table.insert(new_key.to_owned(), value).is_some()
        {
            let message = format!("expected only one of {key} and {new_key_path}, found both");
            return Err(ConfigurationError::at(&origin, &key, message));
        }
        found.push(DeprecatedSetting { origin, key, new_key: Some(new_key_path) });
    }
    for (section, key) in REMOVED {
        let Some(value) = take(given, section, key) else { continue };
        let key = format!("{section}.{key}");
        found.push(DeprecatedSetting { origin: origin(&value), key, new_key: None });
    }
    Ok(found)
}

/// Removes a key from a section, and the section if it is empty then. Returns the value.
fn take(given: &mut Map<String, Value>, section: &str, key: &str) -> Option<Value> {
    let table = match &mut given.get_mut(section)?.kind {
        ValueKind::Table(table) => table,
        ValueKind::Nil
        | ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::Float(_)
        | ValueKind::String(_)
        | ValueKind::Array(_) => return None,
    };
    let value = table.remove(key)?;
    if table.is_empty() {
        given.remove(section);
    }
    Some(value)
}
