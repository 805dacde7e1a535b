//! Keys that name a file instead of a value: `url_file` sets `url`, and `secrets_files` adds to
//! `secrets`. Each layer is resolved by itself, so that a later layer overrides the value no matter
//! how an earlier one set it.

use std::path::{Path, PathBuf};

use config::{Map, Value, ValueKind};

use super::origin::origin;
use super::{ConfigurationError, Files};

const ONE: &str = "_file";
const MANY: &str = "_files";

/// Replaces each of these keys, in `table` and in the tables below it, by the content of its files.
pub(super) fn resolve(
    table: &mut Map<String, Value>,
    path: &str,
    files: &mut Files,
) -> Result<(), ConfigurationError> {
    let keys: Vec<String> = table.keys().cloned().collect();
    for key in keys {
        let place = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        // The keys of these tables are names of sections and of accounts.
        if path.is_empty() || path == "accounts" {
            if let Some(value) = table.get_mut(&key) {
                descend(value, &place, files)?;
            }
            continue;
        }
        if let Some(target) = key.strip_suffix(MANY) {
            let Some(value) = table.remove(&key) else { continue };
            add_files(table, target, value, &place, files)?;
        } else if let Some(target) = key.strip_suffix(ONE) {
            let Some(value) = table.remove(&key) else { continue };
            let origin = origin(&value);
            if table.contains_key(target) {
                let message = format!("expected only one of {key} and {target}, found both");
                return Err(ConfigurationError::at(&origin, &place, message));
            }
            let content = read(&value, &origin, &place, files)?;
            table.insert(target.to_owned(), content);
        } else if let Some(value) = table.get_mut(&key) {
            descend(value, &place, files)?;
        }
    }
    Ok(())
}

fn descend(value: &mut Value, place: &str, files: &mut Files) -> Result<(), ConfigurationError> {
    match &mut value.kind {
        ValueKind::Table(inner) => resolve(inner, place, files),
        ValueKind::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                descend(item, &format!("{place}.{index}"), files)?;
            }
            Ok(())
        }
        // No key takes a fraction, and the library would round it to an integer.
        ValueKind::Float(_) => {
            let message = "expected text or a whole number, found a fraction";
            Err(ConfigurationError::at(&origin(value), place, message))
        }
        ValueKind::Nil
        | ValueKind::Boolean(_)
        | ValueKind::I64(_)
        | ValueKind::I128(_)
        | ValueKind::U64(_)
        | ValueKind::U128(_)
        | ValueKind::String(_) => Ok(()),
    }
}

fn add_files(
    table: &mut Map<String, Value>,
    target: &str,
    value: Value,
    place: &str,
    files: &mut Files,
) -> Result<(), ConfigurationError> {
    let origin = origin(&value);
    let paths = if let ValueKind::Array(paths) = value.kind {
        paths
    } else if let ValueKind::String(_) = value.kind {
        vec![value]
    } else {
        return Err(ConfigurationError::at(&origin, place, "expected a list of paths"));
    };
    let mut items = match table.remove(target).map(|value| value.kind) {
        None => Vec::new(),
        Some(ValueKind::Array(items)) => items,
        Some(one) => vec![Value::new(Some(&origin), one)],
    };
    for path in paths {
        items.push(read(&path, &origin, place, files)?);
    }
    table.insert(target.to_owned(), Value::new(Some(&origin), ValueKind::Array(items)));
    Ok(())
}

fn read(
    value: &Value,
    origin: &str,
    place: &str,
    files: &mut Files,
) -> Result<Value, ConfigurationError> {
    let ValueKind::String(path) = &value.kind else {
        return Err(ConfigurationError::at(origin, place, "expected the path of a file"));
    };
    let path = beside(origin, path);
    let text = files.read(&path).map_err(|error| {
        let message = format!("cannot read {}: {error}", path.display());
        ConfigurationError::at(origin, place, message)
    })?;
    let text = match text.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => &text,
    };
    Ok(Value::new(Some(&origin.to_owned()), ValueKind::String(text.to_owned())))
}

fn beside(origin: &str, path: &str) -> PathBuf {
    let origin = Path::new(origin);
    match origin.parent() {
        Some(directory) if origin.is_file() => directory.join(path),
        Some(_) | None => PathBuf::from(path),
    }
}
