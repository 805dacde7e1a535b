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
}

impl KeyDescription {
    /// Describes each key of a list, in its order.
    pub fn all<'k, K>(keys: impl IntoIterator<Item = &'k K>) -> Vec<Self>
    where
        K: 'k,
        Self: From<&'k K>,
    {
        keys.into_iter().map(Self::from).collect()
    }
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
