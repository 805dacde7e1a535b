//! Keyed digests over text: the ways that providers hash a secret together with a message.

use aws_lc_rs::{constant_time, digest};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{Proof, Secret, SignatureForm};

/// A digest of `N` bytes that a request presents as hex digits of either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexDigest<const N: usize>([u8; N]);

impl<const N: usize> HexDigest<N> {
    /// Reads exactly `2 * N` hex digits; `None` for anything else, the empty text included.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 2 * N {
            return None;
        }
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    fn equals(&self, computed: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.0, computed).is_ok()
    }
}

/// SHA-256 of the secret with the text right behind it, as 64 lower-case hex digits.
pub fn secret_first_sha256(secret: &Secret, text: &str) -> String {
    HEXLOWER.encode(&secret_first_sha256_bytes(secret, text))
}

fn secret_first_sha256_bytes(secret: &Secret, text: &str) -> [u8; 32] {
    Sha256::new().chain_update(secret.expose()).chain_update(text).finalize().into()
}

/// Verifies a [`secret_first_sha256`] under any of the active secrets.
pub fn verify_secret_first_sha256(
    secrets: &[Secret],
    text: &str,
    presented: &HexDigest<32>,
    form: SignatureForm,
) -> Option<Proof> {
    let matches = |secret: &&Secret| presented.equals(&secret_first_sha256_bytes(secret, text));
    let secret = secrets.iter().find(matches)?;
    Some(Proof::verified(secret.fingerprint().clone(), form))
}

/// SHA-1 of the text with `&secret=` and the secret behind it, as 40 lower-case hex digits. SHA-1
/// is the provider's choice; collisions do not help a forger who lacks the secret.
pub fn secret_last_sha1(secret: &Secret, text: &str) -> String {
    HEXLOWER.encode(secret_last_sha1_bytes(secret, text).as_ref())
}

fn secret_last_sha1_bytes(secret: &Secret, text: &str) -> digest::Digest {
    let mut context = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    context.update(text.as_bytes());
    context.update(b"&secret=");
    context.update(secret.expose());
    context.finish()
}

/// Verifies a [`secret_last_sha1`] under any of the active secrets.
pub fn verify_secret_last_sha1(
    secrets: &[Secret],
    text: &str,
    presented: &HexDigest<20>,
    form: SignatureForm,
) -> Option<Proof> {
    let matches =
        |secret: &&Secret| presented.equals(secret_last_sha1_bytes(secret, text).as_ref());
    let secret = secrets.iter().find(matches)?;
    Some(Proof::verified(secret.fingerprint().clone(), form))
}

/// HMAC-SHA-256 under the secret of the parts one after another, as 64 lower-case hex digits.
pub fn hmac_sha256(secret: &Secret, parts: &[&[u8]]) -> String {
    hmac_sha256_bytes(secret, parts).map(|digest| HEXLOWER.encode(&digest)).unwrap_or_default()
}

/// HMAC takes keys of every length; the library's type allows for ones that do not, for which
/// there is no digest.
fn hmac_sha256_bytes(secret: &Secret, parts: &[&[u8]]) -> Option<[u8; 32]> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose()).ok()?;
    let mac = parts.iter().fold(mac, |mac, part| mac.chain_update(part));
    Some(mac.finalize().into_bytes().into())
}

/// Verifies an [`hmac_sha256`] under any of the active secrets.
pub fn verify_hmac_sha256(
    secrets: &[Secret],
    parts: &[&[u8]],
    presented: &HexDigest<32>,
    form: SignatureForm,
) -> Option<Proof> {
    let matches = |secret: &&Secret| {
        hmac_sha256_bytes(secret, parts).is_some_and(|digest| presented.equals(&digest))
    };
    let secret = secrets.iter().find(matches)?;
    Some(Proof::verified(secret.fingerprint().clone(), form))
}

/// SHA-256 of a request body, kept with the delivery.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::{HexDigest, secret_first_sha256, secret_last_sha1};
    use crate::crypto::Secret;

    /// The documentation's own example, reproduced: `D/develop-guide/DoSign.html` of eftPay.
    #[test]
    fn secret_first_sha256_agrees_with_the_documented_example() {
        let secret = Secret::new("testsignkey1234").unwrap();
        assert_eq!(
            secret_first_sha256(&secret, "p0=c&p1=a&p2=b"),
            "ed473ec9e423747a40b87403aa9814030861932d514dab000ed1f8a741f1d6df"
        );
    }

    /// Computed for the text on PayCools' signature page.
    #[test]
    fn secret_last_sha1_agrees_with_the_computed_example() {
        let secret = Secret::new("xxxxxxx").unwrap();
        let text = "amount=100.00&appId=f90addc4861540ef9312e87d8f360e08&version=1.0";
        assert_eq!(secret_last_sha1(&secret, text), "c3a0899eec806b0ed2a0b139a1f50ae3ac06b98a");
    }

    #[test]
    fn a_presented_digest_is_exactly_its_hex_digits() {
        assert!(HexDigest::<2>::parse("00ff").is_some());
        assert_eq!(HexDigest::<2>::parse("00FF"), HexDigest::<2>::parse("00ff"));
        for text in ["", "00f", "00ff0", "00fg", " 0ff", "00 ff", "é0f"] {
            assert_eq!(HexDigest::<2>::parse(text), None, "{text:?}");
        }
    }
}
