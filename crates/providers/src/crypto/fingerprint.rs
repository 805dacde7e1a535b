//! Names of keys that may be printed.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The message of the HMAC, so that a fingerprint equals no digest made for another purpose.
const PURPOSE: &[u8] = b"refund-inbox fingerprint v1";

/// How many bytes of the digest a fingerprint shows: enough to distinguish keys, too few to use as
/// a digest.
const SHOWN_BYTES: usize = 6;

/// The name of a key: the id from the provider, or a short fingerprint of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// Takes the name that the configuration or the provider gives the key.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Returns the first hex digits of an HMAC-SHA-256 under `secret`. Equal secrets have equal
    /// fingerprints everywhere.
    pub(super) fn fingerprint(secret: &[u8]) -> Self {
        let digest = match Hmac::<Sha256>::new_from_slice(secret) {
            Ok(mac) => mac.chain_update(PURPOSE).finalize().into_bytes(),
            // HMAC takes keys of every length, but the type of the library allows for an error.
            Err(_) => Default::default(),
        };
        let shown = digest.get(..SHOWN_BYTES).unwrap_or_default();
        Self(HEXLOWER.encode(shown))
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
