//! The differences between two configurations: in accounts, which a reload replaces, and in all
//! other settings, which it does not.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};

use super::{Configuration, ConfiguredAccount};
use refund_providers::crypto::KeyId;
use refund_providers::crypto::hash::sha256;

/// How an account differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Only the new configuration has it.
    Added,
    /// Only the old configuration had it.
    Removed,
    /// Both have it, with different settings.
    Changed,
}

/// An account that differs, described without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Its name.
    pub account: String,
    /// How it differs.
    pub difference: Difference,
    /// The settings that differ, if both configurations have the account.
    pub settings: Vec<String>,
    /// Keys that only the new configuration has. They do not include a key that replaced another
    /// one under the same id; `settings` then names the list that contains it.
    pub keys_added: Vec<KeyId>,
    /// Keys that only the old configuration had.
    pub keys_removed: Vec<KeyId>,
}

/// Returns the accounts that differ, by name.
pub fn account_changes<'a>(
    before: impl IntoIterator<Item = &'a ConfiguredAccount>,
    after: impl IntoIterator<Item = &'a ConfiguredAccount>,
) -> Vec<AccountChange> {
    let by_name = |account: &'a ConfiguredAccount| (account.name.as_str(), account);
    let before: BTreeMap<&str, _> = before.into_iter().map(by_name).collect();
    let after: BTreeMap<&str, _> = after.into_iter().map(by_name).collect();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    names
        .into_iter()
        .filter_map(|name| change(name, before.get(name).copied(), after.get(name).copied()))
        .collect()
}

fn change(
    name: &str,
    before: Option<&ConfiguredAccount>,
    after: Option<&ConfiguredAccount>,
) -> Option<AccountChange> {
    let (difference, settings) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => (Difference::Added, Vec::new()),
        (Some(_), None) => (Difference::Removed, Vec::new()),
        (Some(before), Some(after)) => {
            let settings = differing(&settings(before), &settings(after));
            if settings.is_empty() {
                return None;
            }
            (Difference::Changed, settings)
        }
    };
    let (before, after) = (keys(before), keys(after));
    Some(AccountChange {
        account: name.to_owned(),
        difference,
        settings,
        keys_added: after.difference(&before).cloned().collect(),
        keys_removed: before.difference(&after).cloned().collect(),
    })
}

/// Returns an account's settings, with secrets as fingerprints.
fn settings(account: &ConfiguredAccount) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::from([("provider".to_owned(), account.provider_name.into())]);
    if let Some(alarm) = account.pending_alarm {
        settings.insert("pending_alarm".to_owned(), alarm.whole_seconds().into());
    }
    settings.extend(object(account.settings.printable()));
    settings
}

fn keys(account: Option<&ConfiguredAccount>) -> BTreeSet<KeyId> {
    let keys = account.into_iter().flat_map(|account| account.provider.keys());
    keys.map(|key| key.key_id).collect()
}

/// All settings except the accounts, by `section.key`. They stay in force until the next start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedSettings(BTreeMap<String, Value>);

impl FixedSettings {
    /// Returns the fixed settings of a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        let sections = object(configuration.printable()).into_iter();
        let sections = sections.filter(|(section, _)| section != "accounts");
        let mut settings: BTreeMap<String, Value> = sections
            .flat_map(|(section, keys)| {
                object(keys)
                    .into_iter()
                    .map(move |(key, value)| (format!("{section}.{key}"), value))
            })
            .collect();
        // The printed URL leaves out the credentials, which may have changed.
        if let Some(url) = &configuration.database.url {
            settings
                .insert("database.url".to_owned(), HEXLOWER.encode(&sha256(url.as_bytes())).into());
        }
        Self(settings)
    }

    /// Returns the keys whose values differ.
    pub fn differing(&self, other: &Self) -> Vec<String> {
        differing(&self.0, &other.0)
    }
}

fn differing(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    names.into_iter().filter(differs).cloned().collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{AccountChange, Difference, FixedSettings, account_changes};
    use crate::config::{Configuration, Sources, load, read_account};

    const HK: &str = "provider = \"eftpay\"\nuser_confirm_key = \"S1\"\n";

    /// Returns the changes between two versions of an account; `None` means that it is absent.
    fn changes(before: Option<&str>, after: Option<&str>) -> Vec<AccountChange> {
        let read = |lines: Option<&str>| lines.map(|lines| read_account("a", lines).unwrap());
        let (before, after) = (read(before), read(after));
        account_changes(&before, &after)
    }

    fn eftpay(secrets: &str) -> String {
        format!("{HK}secrets = {secrets}\n")
    }

    /// Returns the only change: the difference, the settings, and the numbers of keys added and
    /// removed.
    fn only_change(
        before: Option<&str>,
        after: Option<&str>,
    ) -> (Difference, String, usize, usize) {
        let mut changes = changes(before, after);
        assert_eq!(changes.len(), 1, "{changes:?}");
        let change = changes.remove(0);
        assert_eq!(change.account, "a");
        let AccountChange { difference, settings, keys_added, keys_removed, .. } = change;
        (difference, settings.join(" "), keys_added.len(), keys_removed.len())
    }

    #[test]
    fn an_account_is_added_removed_or_unchanged() {
        let [one, two] = [r#"["one"]"#, r#"["two", "one"]"#].map(eftpay);
        let nothing = String::new();
        assert_eq!(only_change(None, Some(&one)), (Difference::Added, nothing.clone(), 1, 0));
        assert_eq!(only_change(Some(&two), None), (Difference::Removed, nothing, 0, 2));
        assert_eq!(changes(Some(&two), Some(&two)), []);
        assert_eq!(changes(None, None), []);
    }

    #[test]
    fn a_rotation_names_the_fingerprints_added_and_removed() {
        let [old, both, new, other] =
            [r#"["old"]"#, r#"["new", "old"]"#, r#"["new"]"#, r#"["old", "new"]"#].map(eftpay);
        let secrets = "secrets".to_owned();
        let changed = Difference::Changed;
        assert_eq!(only_change(Some(&old), Some(&both)), (changed, secrets.clone(), 1, 0));
        assert_eq!(only_change(Some(&both), Some(&new)), (changed, secrets.clone(), 0, 1));
        assert_eq!(only_change(Some(&old), Some(&new)), (changed, secrets.clone(), 1, 1));
        // The first secret signs answers, so the order matters.
        assert_eq!(only_change(Some(&both), Some(&other)), (changed, secrets, 0, 0));
        let added = changes(Some(&old), Some(&both)).remove(0).keys_added;
        let shown = read_account("a", &new).unwrap().provider.keys().remove(0).key_id;
        assert_eq!(added, [shown], "the fingerprint that check-config prints");
    }

    #[test]
    fn a_different_setting_or_provider_is_a_change_without_keys() {
        let [one, relay] = [
            eftpay(r#"["one"]"#),
            "provider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"one\"]\n".to_owned(),
        ];
        let other = one.replace("S1", "S2");
        let (difference, settings, added, removed) = only_change(Some(&one), Some(&other));
        assert_eq!((difference, added, removed), (Difference::Changed, 0, 0));
        assert_eq!(settings, "user_confirm_key");
        let (difference, settings, added, removed) = only_change(Some(&one), Some(&relay));
        assert_eq!((difference, added, removed), (Difference::Changed, 0, 0));
        assert!(settings.contains("provider"), "{settings}");
    }

    #[test]
    fn no_change_contains_a_secret() {
        let [one, two] = [r#"["canary-1"]"#, r#"["canary-2"]"#].map(eftpay);
        let text = format!("{:?}", changes(Some(&one), Some(&two)));
        assert!(!text.contains("canary"), "{text}");
    }

    fn configuration(lines: &str) -> Configuration {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("receiver.toml");
        fs::write(&file, lines).unwrap();
        load(&Sources { file: Some(file), ..Sources::default() }).unwrap()
    }

    #[test]
    fn every_key_except_those_of_accounts_needs_a_restart() {
        let url = |password: &str| format!("[database]\nurl = \"postgres://u:{password}@h/d\"\n");
        let before = FixedSettings::of(&configuration(&url("canary-1")));
        let same = FixedSettings::of(&configuration(&format!(
            "{}[accounts.a]\n{}",
            url("canary-1"),
            eftpay(r#"["one"]"#)
        )));
        assert_eq!(before.differing(&same), [""; 0]);
        let after = FixedSettings::of(&configuration(&format!(
            "{}[http]\ndrain_seconds = 1\n[reload]\nwatch_seconds = 5\n",
            url("canary-2")
        )));
        let expected = ["database.url", "http.drain_seconds", "reload.watch_seconds"];
        assert_eq!(before.differing(&after), expected);
        assert!(!format!("{before:?}").contains("canary"));
        let embedded = FixedSettings::of(&configuration(""));
        assert_eq!(before.differing(&embedded), ["database.url"]);
    }
}
