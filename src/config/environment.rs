//! The environment as a layer of the configuration. The only place that reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use config::{File, FileFormat, Map, Value, ValueKind};

use super::ConfigurationError;
use super::layers::Layer;

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
        Self(pairs.into_iter().filter(|(name, _)| name.starts_with("REFUND_INBOX_")).collect())
    }

    /// The configuration file that the environment names.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.0.get(CONFIG_FILE).map(PathBuf::from)
    }

    /// The layer that these variables make. `accounts` are the names known from files: a variable
    /// cannot hold a hyphen in most shells, so `HK_STORE` is `hk-store` where there is one.
    pub(super) fn layer(&self, accounts: &[String]) -> Result<Layer, ConfigurationError> {
        let mut root: Map<String, Value> = Map::new();
        for (name, text) in &self.0 {
            if name == CONFIG_FILE || is_of_kubernetes(name) {
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
                && let Some(known) =
                    accounts.iter().find(|known| known.replace('-', "_") == *account)
            {
                account.clone_from(known);
            }
            insert(&mut root, &parts, value(name, text)?);
        }
        Layer::new(root)
    }
}

/// Kubernetes gives every container such variables for a Service that is called `refund-inbox`.
fn is_of_kubernetes(name: &str) -> bool {
    ["REFUND_INBOX_SERVICE_", "REFUND_INBOX_PORT"].iter().any(|prefix| name.starts_with(prefix))
}

/// Text as it is, or the array that it spells.
fn value(name: &str, text: &str) -> Result<Value, ConfigurationError> {
    let origin = format!("environment variable {name}");
    if !text.trim_start().starts_with('[') {
        return Ok(Value::new(Some(&origin), ValueKind::String(text.to_owned())));
    }
    // The parser's own words would show the text, which may be a list of secrets.
    let wrong = || ConfigurationError::at("environment", name, "expected text or a TOML array");
    let table = config::Config::builder()
        .add_source(File::from_str(&format!("value = {text}"), FileFormat::Toml))
        .build()
        .map_err(|_| wrong())?;
    let list = table.get_array("value").map_err(|_| wrong())?;
    let list = list.into_iter().map(|item| Value::new(Some(&origin), item.kind)).collect();
    Ok(Value::new(Some(&origin), ValueKind::Array(list)))
}

fn insert(table: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let child = table
                .entry(key.clone())
                .or_insert_with(|| Value::new(None, ValueKind::Table(Map::new())));
            if let ValueKind::Table(inner) = &mut child.kind {
                insert(inner, rest, value);
            }
        }
    }
}
