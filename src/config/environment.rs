//! The environment as a layer of the configuration. The only place that reads it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use config::{Map, Value, ValueKind};

use super::layers::{Layer, read_toml};
use super::{ConfigurationError, Files};

/// What every variable of the configuration begins with.
const PREFIX: &str = "REFUND_INBOX__";

/// What stands between the parts of a key.
const SEPARATOR: &str = "__";

/// Names the configuration file, as `--config` does.
const CONFIG_FILE: &str = "REFUND_INBOX_CONFIG";

/// Variables and their values.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process that bear our name.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process() -> Self {
        Self::from_pairs(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }))
    }

    /// Those of these variables that bear our name.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |name: &str| name.starts_with("REFUND_INBOX_") && !is_of_a_service(name);
        Self(pairs.into_iter().filter(|(name, _)| ours(name)).collect())
    }

    /// The configuration file that the environment names.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.0.get(CONFIG_FILE).map(PathBuf::from)
    }

    /// The layer that these variables make. `accounts` are the names known from files: a variable
    /// cannot hold a hyphen in most shells, so `HK_STORE` is `hk-store` where there is one.
    pub(super) fn layer(
        &self,
        accounts: &[String],
        files: &mut Files,
    ) -> Result<Layer, ConfigurationError> {
        let mut root: Map<String, Value> = Map::new();
        for (name, text) in &self.0 {
            if name == CONFIG_FILE {
                continue;
            }
            let Some(path) = name.strip_prefix(PREFIX) else {
                let message = format!("expected {PREFIX}SECTION{SEPARATOR}KEY");
                return Err(ConfigurationError::at("environment", name, message));
            };
            let mut parts: Vec<String> =
                path.split(SEPARATOR).map(str::to_ascii_lowercase).collect();
            if parts.len() < 2 || parts.iter().any(String::is_empty) {
                let message = format!("expected {PREFIX}SECTION{SEPARATOR}KEY");
                return Err(ConfigurationError::at("environment", name, message));
            }
            if let [section, account, ..] = parts.as_mut_slice()
                && section == "accounts"
                && !accounts.contains(account)
                && let Some(known) =
                    accounts.iter().find(|known| known.replace('-', "_") == *account)
            {
                account.clone_from(known);
            }
            if !insert(&mut root, &parts, value(name, text)?) {
                let message =
                    "expected one variable for a key; another gives this key or one above it";
                return Err(ConfigurationError::at("environment", name, message));
            }
        }
        Layer::new(root, files)
    }
}

/// Kubernetes tells every container of its services in variables; those of a service called
/// `refund-inbox` or `refund-inbox-…` begin as ours do.
fn is_of_a_service(name: &str) -> bool {
    let port = |part: &str| part.starts_with(|first: char| first.is_ascii_digit());
    !name.contains(SEPARATOR)
        && (name.ends_with("_SERVICE_HOST")
            || name.contains("_SERVICE_PORT")
            || name.ends_with("_PORT")
            || name.split("_PORT_").skip(1).any(port))
}

/// What the origin of a value that stands in a variable begins with.
const ORIGIN: &str = "environment variable ";

/// Whether `value` stands in a variable.
pub(super) fn is_of_a_variable(value: &Value) -> bool {
    value.origin().is_some_and(|origin| origin.starts_with(ORIGIN))
}

/// Text as it is, or the array that it spells.
fn value(name: &str, text: &str) -> Result<Value, ConfigurationError> {
    let origin = format!("{ORIGIN}{name}");
    let is_list = text.trim_start().starts_with('[') && text.parse::<SocketAddr>().is_err();
    if !is_list {
        return Ok(Value::new(Some(&origin), ValueKind::String(text.to_owned())));
    }
    // The parser's own words would show the text, which may be a list of secrets.
    let wrong = || ConfigurationError::at("environment", name, "expected text or a TOML array");
    let mut table = read_toml(&origin, &format!("value = {text}")).map_err(|_| wrong())?;
    table.remove("value").filter(|_| table.is_empty()).ok_or_else(wrong)
}

/// Puts `value` where `path` says; false when a value that is no table stands in the way.
fn insert(table: &mut Map<String, Value>, path: &[String], value: Value) -> bool {
    match path {
        [] => false,
        [key] => table.insert(key.clone(), value).is_none(),
        [key, rest @ ..] => {
            let origin = value.origin().map(str::to_owned);
            let child = table
                .entry(key.clone())
                .or_insert_with(|| Value::new(origin.as_ref(), ValueKind::Table(Map::new())));
            let ValueKind::Table(inner) = &mut child.kind else { return false };
            insert(inner, rest, value)
        }
    }
}
