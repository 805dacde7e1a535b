//! The configured accounts, as requests find them.

use std::collections::HashMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::config::ConfiguredAccount;
use refund_providers::contract::Provider;
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

/// The configured accounts, by route.
#[derive(Debug, Default)]
pub struct Accounts(HashMap<(String, String), Arc<Account>>);

/// One configured account.
#[derive(Debug)]
pub struct Account(ConfiguredAccount);

impl Accounts {
    /// Makes accounts reachable under their provider's name and their own.
    pub fn new(accounts: Vec<ConfiguredAccount>) -> Self {
        let route = |account: &ConfiguredAccount| {
            (account.provider_name.to_owned(), account.name.as_str().to_owned())
        };
        Self(accounts.into_iter().map(|one| (route(&one), Arc::new(Account(one)))).collect())
    }

    /// The account that is called at `/notify/{provider}/{account}`.
    pub fn find(&self, provider: String, account: String) -> Option<Arc<Account>> {
        self.0.get(&(provider, account)).cloned()
    }

    /// The accounts as they are configured.
    pub fn configured(&self) -> impl Iterator<Item = &ConfiguredAccount> {
        self.0.values().map(|account| &account.0)
    }

    /// The names of all accounts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|account| account.name())
    }

    /// The keys whose certificates end.
    pub fn expiring_keys(&self) -> Vec<ExpiringKey> {
        let of_account = |account: &Arc<Account>| -> Vec<ExpiringKey> {
            let keys = account.provider().keys().into_iter();
            keys.filter_map(|key| {
                Some(ExpiringKey {
                    account: account.name().to_owned(),
                    key_id: key.key_id,
                    expires_at: key.expires_at?,
                })
            })
            .collect()
        };
        self.0.values().flat_map(of_account).collect()
    }
}

impl Account {
    /// Its provider, ready to read.
    pub fn provider(&self) -> &dyn Provider {
        &*self.0.provider
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The name of its provider.
    pub fn provider_name(&self) -> &'static str {
        self.0.provider_name
    }
}
