//! What an account's configuration must be able to do, whatever its provider.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
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

/// A public key as it stands in the configuration.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PublicKeySettings {
    /// The id by which it is known, to the provider where the provider names its keys.
    pub id: String,
    /// A PEM public key, a PEM certificate or the bare base64 of a public key.
    pub pem: String,
}

impl PublicKeySettings {
    /// Parses a list of keys; it must hold at least one, and no id twice.
    pub fn parse_all(list: &[Self], allow_legacy: bool) -> Result<Vec<PublicKey>, SettingsError> {
        if list.is_empty() {
            return Err(SettingsError::new("public_keys", "expected at least one key, found none"));
        }
        let mut keys: Vec<PublicKey> = Vec::with_capacity(list.len());
        for one in list {
            let place = format!("public_keys.{}", one.id);
            if one.id.trim().is_empty() {
                return Err(SettingsError::new("public_keys", "expected an id, found empty text"));
            }
            if keys.iter().any(|key| key.id().as_str() == one.id) {
                return Err(SettingsError::new(place, "this id stands twice"));
            }
            let key = PublicKey::parse(&one.id, &one.pem, allow_legacy)
                .map_err(|error| SettingsError::new(place, error))?;
            keys.push(key);
        }
        Ok(keys)
    }
}

/// Takes a list, or one text for a list of one, as the environment gives it.
pub fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            Ok(vec![T::deserialize(text.into_deserializer())?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = sequence.next_element()? {
                items.push(item);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Checks that an account has at least one shared secret under `key`.
pub fn require_secrets(key: &str, secrets: &[Secret]) -> Result<(), SettingsError> {
    if secrets.is_empty() {
        return Err(SettingsError::new(key, "expected at least one secret, found none"));
    }
    Ok(())
}
