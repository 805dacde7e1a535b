//! How a key is shown to an operator.

use time::OffsetDateTime;

use crate::crypto::{KeyId, PublicKey, Secret};

/// One key that verifies for an account, without the key itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyDescription {
    /// The kind of key: `secret`, `RSA-2048`.
    pub kind: String,
    /// Its id or fingerprint.
    pub key_id: KeyId,
    /// When its certificate expires, if it came in one.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// Whether somebody who sees a stored digest of it could find it by guessing.
    pub is_guessable: bool,
}

/// The least length of a token or password of which digests are stored, in bytes.
pub const LEAST_CREDENTIAL_BYTES: usize = 16;

impl KeyDescription {
    /// Describes each key of a list, in its order.
    pub fn all<'k, K>(keys: impl IntoIterator<Item = &'k K>) -> Vec<Self>
    where
        K: 'k,
        Self: From<&'k K>,
    {
        keys.into_iter().map(Self::from).collect()
    }

    /// Describes the tokens or passwords of a list, in its order. `kind` says which they are.
    pub fn credentials<'k>(kind: &str, keys: impl IntoIterator<Item = &'k Secret>) -> Vec<Self> {
        let describe = |key: &Secret| Self {
            kind: kind.to_owned(),
            is_guessable: key.length() < LEAST_CREDENTIAL_BYTES,
            ..Self::from(key)
        };
        keys.into_iter().map(describe).collect()
    }
}

impl From<&Secret> for KeyDescription {
    fn from(secret: &Secret) -> Self {
        Self {
            kind: "secret".to_owned(),
            key_id: secret.fingerprint().clone(),
            expires_at: None,
            is_guessable: false,
        }
    }
}

impl From<&PublicKey> for KeyDescription {
    fn from(key: &PublicKey) -> Self {
        Self {
            kind: format!("RSA-{}", key.bits()),
            key_id: key.id().clone(),
            expires_at: key.certificate().map(|certificate| certificate.not_after),
            is_guessable: false,
        }
    }
}
