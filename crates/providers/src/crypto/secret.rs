//! A shared secret that is never empty and never printed.

use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::KeyId;

/// A shared secret. It is never empty, and it prints as its fingerprint.
#[derive(Clone)]
pub struct Secret {
    bytes: Box<[u8]>,
    fingerprint: KeyId,
}

/// The secret is empty or white space only. It would verify messages from any sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret must not be empty")]
pub struct EmptySecret;

impl Secret {
    /// Makes a secret of these bytes.
    ///
    /// # Errors
    /// Refuses bytes that are empty or white space only.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, EmptySecret> {
        let bytes = bytes.into();
        if bytes.trim_ascii().is_empty() {
            return Err(EmptySecret);
        }
        let fingerprint = KeyId::fingerprint(&bytes);
        Ok(Self { bytes: bytes.into_boxed_slice(), fingerprint })
    }

    /// Returns the bytes, for the functions that compute with them.
    pub(super) fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the secret whose `length` bytes this one writes as hex digits of either case, or `None`
    /// if it is anything else. The fingerprint stays that of the text, which the configuration shows.
    pub fn from_hex(&self, length: usize) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(&self.bytes).ok()?;
        let fingerprint = self.fingerprint.clone();
        (bytes.len() == length).then(|| Self { bytes: bytes.into_boxed_slice(), fingerprint })
    }

    /// Returns the length in bytes.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the name under which the secret may be printed and stored.
    pub fn fingerprint(&self) -> &KeyId {
        &self.fingerprint
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[secret {}]", self.fingerprint)
    }
}

/// Writes the fingerprint, for the effective configuration.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("[secret {}]", self.fingerprint))
    }
}

/// Reads text only, because a number would have lost its leading zeros.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a secret as text in quotes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Secret::new(text).map_err(E::custom)
            }

            // serde's own errors would print the value.
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::custom("expected a secret as text in quotes, found a number"))
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
                Err(E::custom("expected a secret as text in quotes, found a number"))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
                Err(E::custom("expected a secret as text in quotes, found a number"))
            }
        }

        deserializer.deserialize_any(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::{EmptySecret, Secret};

    #[test]
    fn an_empty_or_blank_secret_is_refused() {
        for empty in ["", " ", "\n"] {
            assert_eq!(Secret::new(empty).unwrap_err(), EmptySecret);
        }
    }

    #[test]
    fn a_secret_in_hex_has_its_bytes_and_the_fingerprint_of_its_text() {
        let text = Secret::new("00fFa0").unwrap();
        let secret = text.from_hex(3).unwrap();
        assert_eq!(secret.expose(), [0, 0xff, 0xa0]);
        assert_eq!(secret.fingerprint(), text.fingerprint());
        for text in ["00ff", "00ffa", "00ffa000", "00ffg0", " 0ffa0"] {
            assert!(Secret::new(text).unwrap().from_hex(3).is_none(), "{text}");
        }
    }

    #[test]
    fn a_secret_prints_as_its_fingerprint_only() {
        let secret = Secret::new("canary-value").unwrap();
        let printed = format!("{secret:?} {}", serde_json::to_string(&secret).unwrap());
        assert!(!printed.contains("canary"), "{printed}");
        assert!(printed.contains(secret.fingerprint().as_str()), "{printed}");
    }

    #[test]
    fn a_number_is_no_secret_and_is_not_printed() {
        let error = serde_json::from_str::<Secret>("734211").unwrap_err().to_string();
        assert!(!error.contains("734211"), "{error}");
    }
}
