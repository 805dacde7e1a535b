//! The accounts that are configured, and how a request finds its account.

use std::collections::HashMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::config::ConfiguredAccount;
use refund_providers::crypto::KeyId;

/// A key whose certificate expires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpiringKey {
    /// The account that the key verifies for.
    pub account: String,
    /// The key's id.
    pub key_id: KeyId,
    /// When the key's certificate expires.
    pub expires_at: OffsetDateTime,
}

/// The configured accounts, by provider and account name.
#[derive(Clone, Debug, Default)]
pub struct Accounts(HashMap<(String, String), Arc<ConfiguredAccount>>);

impl Accounts {
    /// Makes each account reachable by the name of its provider and its own name.
    pub fn new(accounts: Vec<ConfiguredAccount>) -> Self {
        let route = |account: &ConfiguredAccount| {
            (account.provider_name.to_owned(), account.name.as_str().to_owned())
        };
        Self(accounts.into_iter().map(|it| (route(&it), Arc::new(it))).collect())
    }

    /// Returns the account that is called at `/notify/{provider}/{account}`.
    pub fn find(&self, provider: String, account: String) -> Option<Arc<ConfiguredAccount>> {
        self.0.get(&(provider, account)).cloned()
    }

    /// Returns the accounts as they are configured.
    pub fn configured(&self) -> impl Iterator<Item = &ConfiguredAccount> {
        self.0.values().map(|account| &**account)
    }

    /// Returns all accounts, for work that outlasts a reload.
    pub fn all(&self) -> Vec<Arc<ConfiguredAccount>> {
        self.0.values().cloned().collect()
    }

    /// Returns the names of all accounts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|account| account.name.as_str())
    }

    /// Returns the keys whose certificates expire.
    pub fn expiring_keys(&self) -> Vec<ExpiringKey> {
        let of_account = |account: &Arc<ConfiguredAccount>| -> Vec<ExpiringKey> {
            let keys = account.provider.keys().into_iter();
            keys.filter_map(|key| {
                Some(ExpiringKey {
                    account: account.name.as_str().to_owned(),
                    key_id: key.key_id,
                    expires_at: key.expires_at?,
                })
            })
            .collect()
        };
        self.0.values().flat_map(of_account).collect()
    }
}
