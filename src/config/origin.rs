//! Where values of the configuration come from: a file or a variable. Messages name it.

use config::{Map, Value, ValueKind};

/// The beginning of the origin of a value that an environment variable sets.
const VARIABLE: &str = "environment variable ";

/// Returns the origin of values that the environment variable `name` sets.
pub(super) fn variable(name: &str) -> String {
    format!("{VARIABLE}{name}")
}

/// Returns whether an environment variable sets `value`.
pub(super) fn is_variable(value: &Value) -> bool {
    value.origin().is_some_and(|origin| origin.starts_with(VARIABLE))
}

/// Returns the origin of `value`.
pub(super) fn origin(value: &Value) -> String {
    value.origin().unwrap_or("configuration").to_owned()
}

/// Returns the origin of the value at `path` in `root`, or of the nearest table above it.
pub(super) fn origin_at(root: &Map<String, Value>, path: &str) -> String {
    // A quoted key may contain dots.
    if let Some(origin) = root.get(path).and_then(Value::origin) {
        return origin.to_owned();
    }
    let mut table = root;
    let mut origin = None;
    for part in path.split('.') {
        let Some(value) = table.get(part) else { break };
        origin = value.origin().or(origin);
        let ValueKind::Table(inner) = &value.kind else { break };
        table = inner;
    }
    origin.unwrap_or("configuration").to_owned()
}
