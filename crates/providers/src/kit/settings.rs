//! Settings that several providers share: public keys, lists of secrets.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::contract::SettingsError;
use crate::crypto::{PublicKey, Secret};

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
