//! Credentials: tokens and passwords that a sender presents as they are, in a header.
//!
//! A credential is compared and stored only as a digest. All digests have the same length, so
//! neither the time of a comparison nor a stored row tells how long a credential is.

use aws_lc_rs::constant_time;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use super::{Proof, Secret, SignatureForm};

/// Random bytes that make the stored digests of one delivery differ from those of all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// The salt of a digest that is compared at once and never stored.
    const NONE: Self = Self([0; 16]);

    /// Takes random bytes. Equal bytes give equal digests of equal credentials.
    pub fn new(random: [u8; 16]) -> Self {
        Self(random)
    }
}

/// SHA-256 of a salt and a credential. It can be compared with the credentials of an account, but
/// nobody can present it in place of the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialDigest {
    salt: Salt,
    sha256: [u8; 32],
}

impl CredentialDigest {
    /// Digests a presented credential, for comparison at once.
    pub fn presented(credential: &[u8]) -> Self {
        Self::salted(credential, Salt::NONE)
    }

    /// Digests a presented credential, for storage.
    pub fn salted(credential: &[u8], salt: Salt) -> Self {
        let digest = Sha256::new().chain_update(salt.0).chain_update(credential);
        Self { salt, sha256: digest.finalize().into() }
    }

    /// Returns the one of `credentials` that has this digest. It takes as long for each of them,
    /// whether or not another one fits.
    pub fn find<'s>(&self, credentials: &'s [Secret]) -> Option<&'s Secret> {
        credentials.iter().fold(None, |found, credential| {
            let expected = Self::salted(credential.expose(), self.salt).sha256;
            let fits = constant_time::verify_slices_are_equal(&expected, &self.sha256).is_ok();
            found.or(fits.then_some(credential))
        })
    }

    /// Verifies that one of `tokens` was presented. Nothing binds the content to it, so the grade of
    /// the proof is [`Bearer`](crate::refund::Authenticity::Bearer).
    pub fn verify_bearer(&self, tokens: &[Secret]) -> Option<Proof> {
        let token = self.find(tokens)?;
        Some(Proof::bearer(token.fingerprint().clone(), SignatureForm::Token))
    }
}

/// Returns the value of the `Authorization` header that presents this user and password
/// (<https://www.rfc-editor.org/rfc/rfc7617#section-2>).
pub fn basic_authorization(user: &str, password: &Secret) -> Option<Secret> {
    let pair = [user.as_bytes(), b":", password.expose()].concat();
    Secret::new(format!("Basic {}", BASE64.encode(&pair))).ok()
}

/// Returns a credential as a sender presents it. Only simulation uses this.
pub fn present(credential: &Secret) -> String {
    String::from_utf8_lossy(credential.expose()).into_owned()
}

/// The stored form of a digest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    salt: String,
    sha256: String,
}

impl Serialize for CredentialDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (salt, sha256) = (HEXLOWER.encode(&self.salt.0), HEXLOWER.encode(&self.sha256));
        Stored { salt, sha256 }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CredentialDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn bytes<const N: usize, E: de::Error>(text: &str) -> Result<[u8; N], E> {
            let bytes = HEXLOWER.decode(text.as_bytes()).ok();
            bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| E::custom("not hex digits"))
        }

        let Stored { salt, sha256 } = Stored::deserialize(deserializer)?;
        Ok(Self { salt: Salt(bytes(&salt)?), sha256: bytes(&sha256)? })
    }
}

#[cfg(test)]
mod tests {
    use super::{CredentialDigest, Salt, basic_authorization, present};
    use crate::crypto::Secret;
    use crate::refund::Authenticity;

    fn secrets(texts: &[&str]) -> Vec<Secret> {
        texts.iter().map(|text| Secret::new(*text).unwrap()).collect()
    }

    #[test]
    fn a_credential_fits_itself_alone_live_and_stored_at_any_place_in_the_list() {
        let list = secrets(&["new-token", "old-token", "other"]);
        for digest in [
            CredentialDigest::presented(b"old-token"),
            CredentialDigest::salted(b"old-token", Salt::new([7; 16])),
        ] {
            let proof = digest.verify_bearer(&list).unwrap();
            assert_eq!(proof.key_id(), list[1].fingerprint());
            assert_eq!(proof.authenticity(), Authenticity::Bearer);
            assert!(digest.verify_bearer(&list[..1]).is_none());
            assert!(digest.verify_bearer(&[]).is_none());
        }
        for other in ["", "old-toke", "old-token ", "OLD-TOKEN", "new-tokenold-token"] {
            assert!(CredentialDigest::presented(other.as_bytes()).find(&list).is_none(), "{other}");
        }
    }

    #[test]
    fn a_stored_digest_is_read_back_and_depends_on_its_salt() {
        let [one, other] =
            [1, 2].map(|byte| CredentialDigest::salted(b"canary", Salt::new([byte; 16])));
        let text = serde_json::to_string(&one).unwrap();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(serde_json::from_str::<CredentialDigest>(&text).unwrap(), one);
        assert_ne!(one.sha256, other.sha256);
        // Python: hashlib.sha256(b"\x01" * 16 + b"canary").hexdigest()
        let expected = "358c6456e0408dd406f065c1d70033eedbac2b2df5e47e09ed816cadb4d3e30f";
        assert_eq!(data_encoding::HEXLOWER.encode(&one.sha256), expected);
        for damaged in ["{}", "\"x\"", &text.replace("01", "0"), &text.replace('{', "{\"x\":1,")] {
            assert!(serde_json::from_str::<CredentialDigest>(damaged).is_err(), "{damaged}");
        }
    }

    /// The example of RFC 7617, section 2.
    #[test]
    fn a_user_and_a_password_are_presented_as_the_standard_says() {
        let password = Secret::new("open sesame").unwrap();
        let header = basic_authorization("Aladdin", &password).unwrap();
        assert_eq!(present(&header), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
