//! `[accounts.NAME]`: each is given to its provider.

use std::fmt;

use config::{Config, File, FileFormat, Map, Value, ValueKind};

use super::ConfigurationError;
use super::error::Finding;
use super::references::origin;
use crate::provider::registry::{self, DEFINITIONS};
use crate::provider::{Provider, Settings};

/// The name of an account: part of its route, of its refunds' identity and of metrics.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

/// The longest name of an account.
const LONGEST_NAME: usize = 64;

impl AccountName {
    /// Small letters, digits, `-` and `_`, beginning with a letter or digit, at most 64.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let sound = name.len() <= LONGEST_NAME
            && name.bytes().next().is_some_and(plain)
            && name.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_');
        sound.then(|| Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An account whose settings were checked and whose keys were parsed.
#[derive(Debug)]
pub struct ConfiguredAccount {
    /// Its name.
    pub name: AccountName,
    /// The name of its provider.
    pub provider: &'static str,
    /// Its settings, to be printed.
    pub settings: Box<dyn Settings>,
    /// Its provider, ready to read deliveries.
    pub reader: Box<dyn Provider>,
}

/// Reads all accounts; every mistake of every account is reported.
pub(super) fn read(accounts: Option<Value>) -> Result<Vec<ConfiguredAccount>, ConfigurationError> {
    let Some(accounts) = accounts else { return Ok(Vec::new()) };
    let place = origin(&accounts);
    let ValueKind::Table(accounts) = accounts.kind else {
        return Err(ConfigurationError::at(&place, "accounts", "expected [accounts.NAME] tables"));
    };
    let mut names: Vec<(String, Value)> = accounts.into_iter().collect();
    names.sort_by(|(left, _), (right, _)| left.cmp(right));
    let (mut read, mut lines) = (Vec::new(), Vec::new());
    for (name, value) in names {
        match one(&name, value) {
            Ok(account) => read.push(account),
            Err(error) => lines.extend(error.lines),
        }
    }
    if lines.is_empty() { Ok(read) } else { Err(ConfigurationError { lines }) }
}

/// Reads one account from the lines of its TOML table.
pub fn read_account(name: &str, settings: &str) -> Result<ConfiguredAccount, ConfigurationError> {
    let table = Config::builder()
        .add_source(File::from_str(settings, FileFormat::Toml))
        .build()
        .map_err(|error| ConfigurationError::at("account", name, Finding::new(&error).message))?;
    one(name, table.cache)
}

fn one(name: &str, value: Value) -> Result<ConfiguredAccount, ConfigurationError> {
    let key = format!("accounts.{name}");
    let place = origin_within(&value);
    let fail = |key: &str, message: &str| Err(ConfigurationError::at(&place, key, message));
    let Some(account_name) = AccountName::new(name) else {
        return fail(&key, "expected a name of small letters, digits, - and _, at most 64");
    };
    let ValueKind::Table(mut table) = value.kind else {
        return fail(&key, "expected a table");
    };
    let provider = match table.remove("provider").map(|value| value.kind) {
        Some(ValueKind::String(provider)) => provider,
        Some(_) | None => String::new(),
    };
    let Some(definition) = registry::definition(&provider) else {
        let known: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
        let message = format!("expected one of {}, found {provider:?}", known.join(", "));
        return fail(&format!("{key}.provider"), &message);
    };

    let origins: Map<String, String> =
        table.iter().map(|(name, value)| (name.clone(), origin(value))).collect();
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let source = Value::new(Some(&place), ValueKind::Table(table));
    let source = serde_ignored::Deserializer::new(source, &mut note);
    let settings = match registry::read_settings(definition.name, source) {
        Some(Ok(settings)) => settings,
        Some(Err(error)) => {
            let finding = Finding::new(&error);
            let key = finding.key.map_or(key.clone(), |inner| format!("{key}.{inner}"));
            let place = finding.origin.unwrap_or(place);
            return Err(ConfigurationError::at(&place, &key, finding.message));
        }
        None => return fail(&format!("{key}.provider"), "no such provider"),
    };
    if !unknown.is_empty() {
        let lines = unknown.iter().map(|path| {
            let first = path.split('.').next().unwrap_or_default();
            let place = origins.get(first).unwrap_or(&place);
            format!("{place}: {key}.{path}: unknown key of provider {}", definition.name)
        });
        return Err(ConfigurationError { lines: lines.collect() });
    }
    let reader = settings.build().map_err(|error| {
        let first = error.key.split('.').next().unwrap_or_default();
        let place = origins.get(first).unwrap_or(&place);
        ConfigurationError::at(place, &format!("{key}.{}", error.key), error.message)
    })?;
    Ok(ConfiguredAccount { name: account_name, provider: definition.name, settings, reader })
}

/// A table has no origin of its own; that of something in it says which file it stands in.
fn origin_within(value: &Value) -> String {
    if let Some(origin) = value.origin() {
        return origin.to_owned();
    }
    match &value.kind {
        ValueKind::Table(table) => {
            let mut origins = table.values().filter_map(Value::origin);
            origins.next().unwrap_or("configuration").to_owned()
        }
        _ => "configuration".to_owned(),
    }
}
