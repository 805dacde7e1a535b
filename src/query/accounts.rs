//! Names that must be known: those of accounts and of providers.

use super::Mistake;
use crate::config::ConfiguredAccount;
use refund_providers::provider::registry::DEFINITIONS;

/// Requires that an account is configured.
pub fn require_account<'a>(
    accounts: impl IntoIterator<Item = &'a ConfiguredAccount>,
    name: Option<&str>,
) -> Result<(), Mistake> {
    let Some(name) = name else { return Ok(()) };
    let mut names: Vec<&str> = accounts.into_iter().map(|account| account.name.as_str()).collect();
    if names.contains(&name) {
        return Ok(());
    }
    names.sort_unstable();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Mistake::new("account", format!("no account {name:?} is configured; configured: {known}")))
}

/// Requires that a provider exists.
pub fn require_provider(name: Option<&str>) -> Result<(), Mistake> {
    let Some(name) = name else { return Ok(()) };
    if DEFINITIONS.iter().any(|definition| definition.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
    Err(Mistake::expected("provider", &format!("one of {}", names.join(", ")), name))
}
