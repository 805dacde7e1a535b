//! Log lines and metrics of the configuration and its reloads.

use ::metrics::{counter, gauge};
use time::OffsetDateTime;
use tracing::{error, info, warn};

use super::metrics::{RELOAD_SUCCEEDED, RELOAD_SUCCESS_TIME, RELOADS};
use crate::config::{AccountChange, ConfigurationError, DeprecatedSetting, Difference};
use refund_providers::crypto::KeyId;

/// Records that a service starts with a valid configuration.
pub fn configuration_in_force(at: OffsetDateTime) {
    // The series exist from the start, so that a rate over them is zero.
    counter!(RELOADS, "result" => "ok").increment(0);
    counter!(RELOADS, "result" => "failed").increment(0);
    succeeded(at);
}

/// Records that a reload replaced the accounts. `accounts` is their number now.
pub fn configuration_reloaded(accounts: usize, changes: &[AccountChange], at: OffsetDateTime) {
    counter!(RELOADS, "result" => "ok").increment(1);
    succeeded(at);
    changes.iter().for_each(account_changed);
    if accounts == 0 {
        no_accounts();
    }
    info!(accounts, changed = changes.len(), "configuration reloaded: its accounts are in force");
}

/// Records that a reload found a mistake, so that the previous configuration stays in force.
pub fn configuration_not_reloaded(error: &ConfigurationError) {
    counter!(RELOADS, "result" => "failed").increment(1);
    gauge!(RELOAD_SUCCEEDED).set(0.0);
    // Commands print one line for each mistake. The log has one line for all of them.
    let error = error.lines.join("; ");
    error!(%error, "configuration not reloaded: the previous accounts stay in force");
}

/// Records that settings have changed which a reload does not replace.
pub fn restart_needed(settings: &[String]) {
    let settings = settings.join(", ");
    warn!(%settings, "changed settings need a restart: a reload replaces only accounts");
}

/// Records that the configuration uses a deprecated setting. A command calls it once for each of
/// them when it starts.
pub fn deprecated_setting(setting: &DeprecatedSetting) {
    warn!("deprecated setting: {setting}");
}

/// Records that no account is configured.
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
