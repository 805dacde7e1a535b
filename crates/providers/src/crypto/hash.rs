//! Keyed digests over text: how providers hash a secret together with a message.

use aws_lc_rs::{constant_time, digest};
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

use super::{Proof, Secret, SignatureForm};

/// A digest of `N` bytes that a request presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedDigest<const N: usize>([u8; N]);

impl<const N: usize> PresentedDigest<N> {
    /// Reads exactly `2 * N` hex digits of either case. Returns `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 2 * N {
            return None;
        }
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// Reads the padded base64 of exactly `N` bytes. Returns `None` for anything else.
    pub fn from_base64(text: &str) -> Option<Self> {
        if text.len() != N.div_ceil(3) * 4 {
            return None;
        }
        let bytes = BASE64.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    fn equals(&self, computed: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.0, computed).is_ok()
    }
}

/// Returns whether two digests are equal. The time does not depend on where they differ.
pub fn are_equal<const N: usize>(one: &[u8; N], other: &[u8; N]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// Finds a secret whose digest equals one of the presented ones. Each secret is hashed once.
fn verify<const N: usize, D: AsRef<[u8]>>(
    secrets: &[Secret],
    presented: &[PresentedDigest<N>],
    form: SignatureForm,
    compute: impl Fn(&Secret) -> Option<D>,
) -> Option<Proof> {
    let secret = secrets.iter().find(|secret| {
        compute(secret)
            .is_some_and(|computed| presented.iter().any(|one| one.equals(computed.as_ref())))
    })?;
    Some(Proof::verified(secret.fingerprint().clone(), form))
}

/// Returns SHA-256 of the secret followed by the text, as 64 lower-case hex digits.
pub fn secret_first_sha256(secret: &Secret, text: &str) -> String {
    HEXLOWER.encode(&secret_first_sha256_bytes(secret, text))
}

fn secret_first_sha256_bytes(secret: &Secret, text: &str) -> [u8; 32] {
    Sha256::new().chain_update(secret.expose()).chain_update(text).finalize().into()
}

/// Verifies a [`secret_first_sha256`] under any of `secrets`.
pub fn verify_secret_first_sha256(
    secrets: &[Secret],
    text: &str,
    presented: &PresentedDigest<32>,
    form: SignatureForm,
) -> Option<Proof> {
    let presented = std::slice::from_ref(presented);
    verify(secrets, presented, form, |secret| Some(secret_first_sha256_bytes(secret, text)))
}

/// Returns SHA-1 of the text followed by `&secret=` and the secret, as 40 lower-case hex digits.
/// The provider chose SHA-1; collisions do not help a forger who does not have the secret.
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

/// Verifies a [`secret_last_sha1`] under any of `secrets`.
pub fn verify_secret_last_sha1(
    secrets: &[Secret],
    text: &str,
    presented: &PresentedDigest<20>,
    form: SignatureForm,
) -> Option<Proof> {
    let presented = std::slice::from_ref(presented);
    verify(secrets, presented, form, |secret| Some(secret_last_sha1_bytes(secret, text)))
}

/// Returns MD5 of the body, directly followed by the secret.
///
/// QFPay offers nothing else. MD5 collides, but with the secret at the end a forger cannot extend a
/// signed body. A collision helps only if the provider signs one of the two bodies, and the
/// provider picks numbers and times in what it signs.
pub fn secret_last_md5(secret: &Secret, body: &[u8]) -> [u8; 16] {
    Md5::new().chain_update(body).chain_update(secret.expose()).finalize().into()
}

/// Verifies a [`secret_last_md5`] under any of `secrets`.
pub fn verify_secret_last_md5(
    secrets: &[Secret],
    body: &[u8],
    presented: &PresentedDigest<16>,
    form: SignatureForm,
) -> Option<Proof> {
    let presented = std::slice::from_ref(presented);
    verify(secrets, presented, form, |secret| Some(secret_last_md5(secret, body)))
}

/// Returns HMAC-SHA-256 under the secret over the concatenated parts. HMAC takes keys of every
/// length; `None` exists only because the type of the library allows for an error.
pub fn hmac_sha256(secret: &Secret, parts: &[&[u8]]) -> Option<[u8; 32]> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose()).ok()?;
    let mac = parts.iter().fold(mac, |mac, part| mac.chain_update(part));
    Some(mac.finalize().into_bytes().into())
}

/// Verifies that one of the presented digests is the [`hmac_sha256`] of the concatenated parts
/// under any of `secrets`.
pub fn verify_hmac_sha256(
    secrets: &[Secret],
    parts: &[&[u8]],
    presented: &[PresentedDigest<32>],
    form: SignatureForm,
) -> Option<Proof> {
    verify(secrets, presented, form, |secret| hmac_sha256(secret, parts))
}

/// Returns SHA-256 of a request body, which is stored with the delivery.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Returns SHA-256 as 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&sha256(bytes))
}

/// Returns SHA-1 as 40 lower-case hex digits, for accounts that allow it.
pub fn sha1_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXUPPER;

    use super::{PresentedDigest, secret_first_sha256, secret_last_md5, secret_last_sha1};
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

    /// Computed: QFPay prints a digest, but masks its key.
    #[test]
    fn secret_last_md5_agrees_with_the_computed_example() {
        let secret = Secret::new("0123456789abcdef").unwrap();
        let digest = secret_last_md5(&secret, br#"{"notify_type":"refund","respcd":"0000"}"#);
        assert_eq!(HEXUPPER.encode(&digest), "2B2136C53F24124C235A9AE36DDEBA6B");
    }

    #[test]
    fn a_presented_digest_is_exactly_its_hex_digits() {
        let read = PresentedDigest::<2>::from_hex;
        assert!(read("00ff").is_some());
        assert_eq!(read("00FF"), read("00ff"));
        for text in ["", "00f", "00ff0", "00fg", " 0ff", "00 ff", "é0f"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_presented_digest_is_exactly_its_padded_base64() {
        let read = PresentedDigest::<2>::from_base64;
        assert_eq!(read("AP8="), PresentedDigest::from_hex("00ff"));
        for text in ["", "AP8", "AP8=AP8=", "AP9=", "A P8=", "AP8AA", "_P8=", "é8="] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
