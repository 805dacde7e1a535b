//! What an account's configuration must be able to do, whatever its provider.

use std::fmt;

use time::OffsetDateTime;

use super::Provider;
use crate::crypto::{KeyId, PublicKey, Secret};

/// An account's settings as they stand in the configuration, files already read.
pub trait Settings: fmt::Debug + Send + Sync {
    /// Checks the settings and parses the keys.
    fn build(&self) -> Result<Box<dyn Provider>, SettingsError>;

    /// The settings with secrets as fingerprints, to be printed.
    fn printable(&self) -> serde_json::Value;
}

/// What is wrong with an account's settings: which key, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct SettingsError {
    /// The key within the account, such as `secrets` or `public_keys.2026`.
    pub key: String,
    /// What was expected and what was found, without secrets.
    pub message: String,
}

impl SettingsError {
    /// The error that says `message` of `key`.
    pub fn new(key: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { key: key.into(), message: message.to_string() }
    }
}

/// One key that verifies for an account, as an operator may see it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyDescription {
    /// What kind of key: `secret`, `RSA-2048`.
    pub kind: String,
    /// Its id or fingerprint.
    pub key_id: KeyId,
    /// When its certificate ends, where it has one.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
}

impl From<&Secret> for KeyDescription {
    fn from(secret: &Secret) -> Self {
        Self { kind: "secret".to_owned(), key_id: secret.fingerprint().clone(), expires_at: None }
    }
}

impl From<&PublicKey> for KeyDescription {
    fn from(key: &PublicKey) -> Self {
        Self {
            kind: format!("RSA-{}", key.bits()),
            key_id: key.id().clone(),
            expires_at: key.certificate().map(|certificate| certificate.not_after),
        }
    }
}
