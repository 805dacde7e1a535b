//! `[at_rest]`

use data_encoding::BASE64;
use serde::{Deserialize, Serialize, Serializer};

use refund_providers::crypto::Secret;
use refund_providers::crypto::cipher::KEY_BYTES;

/// `[at_rest]`: the keys that protect bodies and headers in the database.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AtRestSettings {
    /// The keys that wrap the data keys, newest first. Without one, bodies are stored as received.
    pub keys: Vec<WrappingKey>,
}

/// A key of 32 bytes that wraps data keys. It is printed as its fingerprint.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct WrappingKey(Secret);

impl WrappingKey {
    /// Returns the key.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

impl AtRestSettings {
    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let fingerprints = || self.keys.iter().map(|key| key.0.fingerprint());
        let is_repeated = fingerprints()
            .enumerate()
            .any(|(place, key)| fingerprints().take(place).any(|earlier| earlier == key));
        is_repeated.then_some(("keys", "expected different keys, found one twice"))
    }
}

impl TryFrom<String> for WrappingKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = BASE64.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == KEY_BYTES);
        bytes
            .and_then(|bytes| Secret::new(bytes).ok())
            .map(Self)
            .ok_or("expected keys of 32 bytes in base64, such as `openssl rand -base64 32` prints")
    }
}

impl Serialize for WrappingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
