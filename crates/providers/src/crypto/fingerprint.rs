//! Names for keys that may be printed.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a key's name is derived under, so that it equals no digest made for another purpose.
const PURPOSE: &[u8] = b"refund-inbox fingerprint v1";

/// How many bytes of the digest a name shows: enough to tell keys apart, too few to be a digest.
const SHOWN_BYTES: usize = 6;

/// The name of a key: the id the provider gave it, or a short fingerprint of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// The name that the configuration or the provider gives a key.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The first hex digits of an HMAC-SHA-256 under `secret`: the same secret has the same
    /// fingerprint everywhere.
    pub(super) fn fingerprint(secret: &[u8]) -> Self {
        let digest = match Hmac::<Sha256>::new_from_slice(secret) {
            Ok(mac) => mac.chain_update(PURPOSE).finalize().into_bytes(),
            // HMAC takes keys of every length; the library's type allows for ones that do not.
            Err(_) => Default::default(),
        };
        let shown = digest.get(..SHOWN_BYTES).unwrap_or_default();
        Self(HEXLOWER.encode(shown))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
