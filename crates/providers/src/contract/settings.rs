//! What the settings of an account must provide.

use std::fmt;

use serde::Serialize;

use super::Provider;

/// `settings.rs`: the settings of an account of one provider, with all files already read.
pub trait AccountSettings: Serialize + fmt::Debug + Send + Sync {
    /// The provider that these settings configure.
    type Account: Provider + 'static;

    /// Checks the settings and parses the keys.
    ///
    /// # Errors
    /// Names the key that is wrong, what was expected there and what was found.
    fn account(&self) -> Result<Self::Account, SettingsError>;
}

/// The settings of an account of any provider. Every [`AccountSettings`] is one.
pub trait Settings: fmt::Debug + Send + Sync {
    /// Checks the settings and parses the keys.
    ///
    /// # Errors
    /// Names the key that is wrong, what was expected there and what was found.
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError>;

    /// Returns the settings as JSON that may be printed: secrets appear as fingerprints.
    fn printable(&self) -> serde_json::Value;
}

impl<S: AccountSettings> Settings for S {
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError> {
        Ok(Box::new(self.account()?))
    }

    fn printable(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// What is wrong with the settings of an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct SettingsError {
    /// The key within the account, such as `secrets` or `public_keys.2026`.
    pub key: String,
    /// What was expected and what was found, without secrets.
    pub message: String,
}

impl SettingsError {
    /// Makes the error that says `message` about `key`.
    pub fn new(key: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { key: key.into(), message: message.to_string() }
    }
}
