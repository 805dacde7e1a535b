//! The environment as a layer of the configuration. No other module reads the environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use config::{Map, Value, ValueKind};

use super::layer::Layer;
use super::toml::read_toml;
use super::{ConfigurationError, Files, origin};

/// The prefix of all variables that set a key.
const PREFIX: &str = "REFUND_INBOX__";

/// The separator between the parts of a key.
const SEPARATOR: &str = "__";

/// The variable that names the configuration file, like `--config`.
const CONFIG_FILE: &str = "REFUND_INBOX_CONFIG";

/// The environment variables of refund-inbox, with their values.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

/// Returns a variable that describes the terminal, such as `COLUMNS` or `NO_COLOR`.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn terminal_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Environment {
    /// Returns the variables of this process whose names begin with `REFUND_INBOX_`.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process() -> Self {
        Self::from_pairs(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }))
    }

    /// Returns those of `pairs` whose names begin with `REFUND_INBOX_`.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |name: &str| name.starts_with("REFUND_INBOX_") && !is_set_by_kubernetes(name);
        Self(pairs.into_iter().filter(|(name, _)| ours(name)).collect())
    }

    /// Returns the environment with this list, a TOML array, as a key of an account.
    pub fn with_account_list(&self, account: &str, key: &str, list: String) -> Self {
        let account = account.replace('-', "_").to_uppercase();
        let name = format!("{PREFIX}ACCOUNTS{SEPARATOR}{account}{SEPARATOR}{}", key.to_uppercase());
        let mut with = self.clone();
        with.0.insert(name, list);
        with
    }

    /// Returns the configuration file that the environment names.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.0.get(CONFIG_FILE).map(PathBuf::from)
    }

    /// Returns the layer of these variables. `accounts` are the account names in the configuration
    /// file: most shells allow no hyphen in a variable's name, so `HK_STORE` means `hk-store` if
    /// there is such an account.
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
                let message = "expected one variable for each key: another variable sets this key \
                    or a table above it";
                return Err(ConfigurationError::at("environment", name, message));
            }
        }
        Layer::new(root, files)
    }
}

/// Returns whether Kubernetes sets a variable of this name. It describes each service in variables
/// of every container; those of a service named `refund-inbox` or `refund-inbox-…` have our prefix.
fn is_set_by_kubernetes(name: &str) -> bool {
    let port = |part: &str| part.starts_with(|first: char| first.is_ascii_digit());
    !name.contains(SEPARATOR)
        && (name.ends_with("_SERVICE_HOST")
            || name.contains("_SERVICE_PORT")
            || name.ends_with("_PORT")
            || name.split("_PORT_").skip(1).any(port))
}

/// Returns the value of a variable: a list if the text is a TOML array, otherwise the text.
fn value(name: &str, text: &str) -> Result<Value, ConfigurationError> {
    let origin = origin::variable(name);
    let is_list = text.trim_start().starts_with('[') && text.parse::<SocketAddr>().is_err();
    if !is_list {
        return Ok(Value::new(Some(&origin), ValueKind::String(text.to_owned())));
    }
    // The parser's message would show the text, which may be a list of secrets.
    let wrong = || ConfigurationError::at("environment", name, "expected text or a TOML array");
    let mut table = read_toml(&origin, &format!("value = {text}")).map_err(|_| wrong())?;
    table.remove("value").filter(|_| table.is_empty()).ok_or_else(wrong)
}

/// Inserts `value` at `path`. Returns false if there is a value at `path`, or one that is not a
/// table above it.
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
