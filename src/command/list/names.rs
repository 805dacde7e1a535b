//! Names that must be known: those of accounts and of providers.

use crate::command::Failure;
use crate::config::ConfiguredAccount;
use refund_providers::provider::registry::DEFINITIONS;

/// Requires that an account is configured.
pub(in crate::command) fn require_account(
    accounts: &[ConfiguredAccount],
    name: Option<&str>,
) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    if accounts.iter().any(|account| account.name.as_str() == name) {
        return Ok(());
    }
    let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(Failure::Usage(format!(
        "--account: no account {name:?} is configured; configured: {known}"
    )))
}

/// Requires that a provider exists.
pub(in crate::command) fn require_provider(name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    if DEFINITIONS.iter().any(|definition| definition.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
    Err(Failure::Usage(format!("--provider: expected one of {}, found {name:?}", names.join(", "))))
}
