//! `[accounts.NAME]`: each account with its provider.

use std::fmt;

use config::{ConfigError, Map, Value, ValueKind};

use super::ConfigurationError;
use super::age::age;
use super::error::Finding;
use super::origin::{is_variable, origin};
use super::toml::read_toml;
use refund_providers::contract::{Provider, Settings};
use refund_providers::provider::registry::{self, DEFINITIONS};

/// The name of an account. It is part of the account's route, of the identity of its refunds, and
/// of metrics.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

/// The maximum length of a name.
const LONGEST_NAME: usize = 64;

impl AccountName {
    /// Returns the name if it is valid: at most 64 small letters, digits, `-` and `_`, with a
    /// letter or digit first.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let sound = name.len() <= LONGEST_NAME
            && name.bytes().next().is_some_and(plain)
            && name.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'_');
        sound.then(|| Self(name.to_owned()))
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An account with validated settings and parsed keys.
#[derive(Debug)]
pub struct ConfiguredAccount {
    /// Its name.
    pub name: AccountName,
    /// The name of its provider.
    pub provider_name: &'static str,
    /// How long a refund may stay open before it waits for a person; `None`: as long as it does.
    pub pending_alarm: Option<time::Duration>,
    /// Its settings, for printing.
    pub settings: Box<dyn Settings>,
    /// Its provider, which verifies and normalizes deliveries.
    pub provider: Box<dyn Provider>,
}

/// Reads all accounts. The error has a line for each mistake of each account.
pub(super) fn read(accounts: Option<Value>) -> Result<Vec<ConfiguredAccount>, ConfigurationError> {
    let Some(accounts) = accounts else { return Ok(Vec::new()) };
    let place = origin(&accounts);
    let ValueKind::Table(accounts) = accounts.kind else {
        return Err(ConfigurationError::at(&place, "accounts", "expected [accounts.NAME] tables"));
    };
    let mut names: Vec<(String, Value)> = accounts.into_iter().collect();
    names.sort_by(|(left, _), (right, _)| left.cmp(right));
    let (mut read, mut mistakes) = (Vec::new(), Vec::new());
    for (name, value) in names {
        match one(&name, value) {
            Ok(account) => read.push(account),
            Err(error) => mistakes.push(error),
        }
    }
    ConfigurationError::all(mistakes).map_or(Ok(read), Err)
}

/// Reads one account from the text of its TOML table.
///
/// # Errors
///
/// One line for each mistake.
pub fn read_account(name: &str, settings: &str) -> Result<ConfiguredAccount, ConfigurationError> {
    let table = read_toml("account", settings)?;
    one(name, Value::new(None, ValueKind::Table(table)))
}

fn one(name: &str, value: Value) -> Result<ConfiguredAccount, ConfigurationError> {
    let key = format!("accounts.{name}");
    let whole = origin(&value);
    let Some(account_name) = AccountName::new(name) else {
        let message = "expected a name of small letters, digits, - and _, at most 64";
        return Err(ConfigurationError::at(&whole, &key, message));
    };
    let ValueKind::Table(mut table) = value.kind else {
        return Err(ConfigurationError::at(&whole, &key, "expected a table"));
    };
    let origins: Map<String, String> =
        table.iter().map(|(name, value)| (name.clone(), origin(value))).collect();
    let mistake = |inner: &str, message: &str| {
        let first = inner.split(['.', '[']).next().unwrap_or_default();
        let place = origins.get(first).unwrap_or(&whole);
        ConfigurationError::at(place, &format!("{key}.{inner}"), message)
    };

    let provider = match table.remove("provider").map(|value| value.kind) {
        Some(ValueKind::String(provider)) => provider,
        Some(_) | None => String::new(),
    };
    let Some(definition) = registry::definition(&provider) else {
        let known: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
        let message = format!("expected one of {}, found {provider:?}", known.join(", "));
        return Err(mistake("provider", &message));
    };
    let pending_alarm = match table.remove("pending_alarm").map(|value| value.kind) {
        None => None,
        Some(ValueKind::String(text)) if age(&text).is_some() => age(&text),
        Some(_) => return Err(mistake("pending_alarm", "expected an age such as 3d or 12h")),
    };
    let (settings, unknown) = settings(definition.name, table)
        .map_err(|finding| mistake(finding.key.as_deref().unwrap_or_default(), &finding.message))?;
    let message = format!("unknown key of provider {}", definition.name);
    let mistakes = unknown.iter().map(|path| mistake(path, &message));
    if let Some(error) = ConfigurationError::all(mistakes) {
        return Err(error);
    }
    let built = settings.build().map_err(|error| mistake(&error.key, &error.message))?;
    Ok(ConfiguredAccount {
        name: account_name,
        provider_name: definition.name,
        pending_alarm,
        settings,
        provider: built,
    })
}

/// Reads the settings of one account. Returns them with the unknown keys.
fn settings(
    provider: &str,
    mut table: Map<String, Value>,
) -> Result<(Box<dyn Settings>, Vec<String>), Finding> {
    loop {
        let mut unknown = Vec::new();
        let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
        let source = Value::new(None, ValueKind::Table(table.clone()));
        let source = serde_ignored::Deserializer::new(source, &mut note);
        let read = registry::read_settings(provider, source)
            .unwrap_or_else(|| Err(ConfigError::NotFound("provider".to_owned())));
        match read.map_err(|error| Finding::new(&error)) {
            Ok(settings) => return Ok((settings, unknown)),
            Err(finding) if became_a_list(&finding, &mut table) => {}
            Err(finding) => return Err(finding),
        }
    }
}

/// Turns a text from the environment into a list of one if a list is expected, because a shell has
/// no lists. Returns whether it did.
fn became_a_list(finding: &Finding, table: &mut Map<String, Value>) -> bool {
    let key = finding.key.as_deref().filter(|_| finding.wants_list()).unwrap_or_default();
    match table.get_mut(key) {
        Some(value) if is_variable(value) && matches!(value.kind, ValueKind::String(_)) => {
            value.kind = ValueKind::Array(vec![value.clone()]);
            true
        }
        Some(_) | None => false,
    }
}
