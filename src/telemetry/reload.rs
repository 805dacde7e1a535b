//! What can be observed of a reload of the configuration.

use ::metrics::{counter, gauge};
use time::OffsetDateTime;
use tracing::{error, info, warn};

use super::metrics::{RELOAD_SUCCEEDED, RELOAD_SUCCESS_TIME, RELOADS};
use crate::config::{AccountChange, ConfigurationError, Difference};
use refund_providers::crypto::KeyId;

/// A service begins with a configuration: so far nothing is wrong.
pub fn configuration_in_force(at: OffsetDateTime) {
    // There from the start, so that a rate over them is known to be zero.
    counter!(RELOADS, "result" => "ok").increment(0);
    counter!(RELOADS, "result" => "failed").increment(0);
    succeeded(at);
}

/// The accounts were replaced by this many.
pub fn configuration_reloaded(accounts: usize, changes: &[AccountChange], at: OffsetDateTime) {
    counter!(RELOADS, "result" => "ok").increment(1);
    succeeded(at);
    changes.iter().for_each(account_changed);
    if accounts == 0 {
        no_accounts();
    }
    info!(accounts, changed = changes.len(), "configuration reloaded: its accounts are in force");
}

/// The configuration is wrong; what was in force stays.
pub fn configuration_not_reloaded(error: &ConfigurationError) {
    counter!(RELOADS, "result" => "failed").increment(1);
    gauge!(RELOAD_SUCCEEDED).set(0.0);
    // One line each where somebody reads them, one line of a log here.
    let error = error.lines.join("; ");
    error!(%error, "configuration not reloaded: the accounts in force stay");
}

/// Settings differ that a reload does not touch.
pub fn restart_needed(settings: &[String]) {
    let settings = settings.join(", ");
    warn!(%settings, "these settings have changed and need a restart: only accounts are reloaded");
}

/// There is nobody to receive for.
pub fn no_accounts() {
    warn!("no accounts are configured: every notification will be answered 404");
}

fn succeeded(at: OffsetDateTime) {
    gauge!(RELOAD_SUCCEEDED).set(1.0);
    gauge!(RELOAD_SUCCESS_TIME).set((at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64());
}

fn account_changed(change: &AccountChange) {
    let AccountChange { account, difference, .. } = change;
    let [keys_added, keys_removed] =
        [&change.keys_added, &change.keys_removed].map(|keys| names(keys));
    match difference {
        Difference::Added => info!(account, keys_added, "account added"),
        Difference::Removed => {
            warn!(account, keys_removed, "account removed: its notifications are answered 404");
        }
        Difference::Changed => {
            let settings = change.settings.join(", ");
            info!(account, settings, keys_added, keys_removed, "account changed");
        }
    }
}

fn names(keys: &[KeyId]) -> String {
    keys.iter().map(KeyId::as_str).collect::<Vec<_>>().join(", ")
}
