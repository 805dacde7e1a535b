//! Decryption of what providers encrypt. Functions check lengths before a cipher sees them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use data_encoding::HEXLOWER;
use md5::{Digest, Md5};

use super::{Proof, Secret, SignatureForm};

/// The length of an AES-256 key, in bytes.
pub const KEY_BYTES: usize = 32;
/// The length of an AES-GCM nonce, in bytes.
pub const NONCE_BYTES: usize = NONCE_LEN;
/// The length of an AES-GCM tag, at the end of a ciphertext, in bytes.
pub const TAG_BYTES: usize = 16;
/// The length of a block, in bytes.
pub const BLOCK_BYTES: usize = 16;

/// Opens AES-256-GCM under the first of `keys` that fits. Callers have verified the sender of the
/// ciphertext, so `None` means that the account lacks the right key.
pub fn open_gcm(
    keys: &[Secret],
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    ciphertext: &[u8],
) -> Option<Vec<u8>> {
    keys.iter().find_map(|key| {
        let key = gcm_key(key)?;
        let mut bytes = ciphertext.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.open_in_place(nonce, Aad::from(associated_data), &mut bytes).ok()?.len();
        bytes.truncate(opened);
        Some(bytes)
    })
}

/// Seals with AES-256-GCM and the tag at the end, as a provider does. Simulation uses it.
pub fn seal_gcm(
    key: &Secret,
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    plaintext: &[u8],
) -> Option<Vec<u8>> {
    let mut bytes = plaintext.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    gcm_key(key)?.seal_in_place_append_tag(nonce, Aad::from(associated_data), &mut bytes).ok()?;
    Some(bytes)
}

fn gcm_key(key: &Secret) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.expose()).ok().map(LessSafeKey::new)
}

/// Opens AES-256-ECB with PKCS#7 padding under the first of `secrets` whose plaintext `reads`
/// accepts. The key is the hex digits of the secret's MD5.
///
/// ECB has no integrity, so the grade of the proof is only
/// [`Decrypted`](crate::refund::Authenticity::Decrypted).
pub fn open_md5_ecb(
    secrets: &[Secret],
    ciphertext: &[u8],
    reads: impl Fn(&[u8]) -> bool,
) -> Option<(Proof, Vec<u8>)> {
    if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
        return None;
    }
    secrets.iter().find_map(|secret| {
        let key = UnboundCipherKey::new(&AES_256, md5_hex(secret).as_bytes()).ok()?;
        let key = PaddedBlockDecryptingKey::ecb_pkcs7(key).ok()?;
        let mut bytes = ciphertext.to_vec();
        let opened = key.decrypt(&mut bytes, DecryptionContext::None).ok()?.to_vec();
        let proof = Proof::decrypted(secret.fingerprint().clone(), SignatureForm::Decryption);
        reads(&opened).then_some((proof, opened))
    })
}

/// Seals what [`open_md5_ecb`] opens, as a provider does. Simulation uses it.
pub fn seal_md5_ecb(secret: &Secret, plaintext: &[u8]) -> Option<Vec<u8>> {
    let key = UnboundCipherKey::new(&AES_256, md5_hex(secret).as_bytes()).ok()?;
    let key = PaddedBlockEncryptingKey::ecb_pkcs7(key).ok()?;
    let mut bytes = plaintext.to_vec();
    key.encrypt(&mut bytes).ok()?;
    Some(bytes)
}

/// Returns 32 lower-case digits, which are the 32 bytes of the key.
fn md5_hex(secret: &Secret) -> String {
    HEXLOWER.encode(&Md5::digest(secret.expose()))
}

#[cfg(test)]
mod tests {
    use super::{open_gcm, open_md5_ecb, seal_gcm, seal_md5_ecb};
    use crate::crypto::Secret;

    #[test]
    fn gcm_opens_under_any_of_the_keys_and_only_unaltered() {
        let keys = ["k".repeat(32), "l".repeat(32)].map(|text| Secret::new(text).unwrap());
        let mut sealed = seal_gcm(&keys[1], b"abcdefghijkl", b"refund", b"plain").unwrap();
        assert_eq!(open_gcm(&keys, b"abcdefghijkl", b"refund", &sealed).unwrap(), b"plain");
        assert_eq!(open_gcm(&keys[..1], b"abcdefghijkl", b"refund", &sealed), None);
        assert_eq!(open_gcm(&keys, b"abcdefghijkl", b"", &sealed), None);
        sealed[0] ^= 1;
        assert_eq!(open_gcm(&keys, b"abcdefghijkl", b"refund", &sealed), None);
        assert_eq!(open_gcm(&keys, b"abcdefghijkl", b"refund", b"short"), None);
    }

    #[test]
    fn ecb_opens_what_reads_as_expected_and_no_other_length() {
        let secrets = [Secret::new("one").unwrap(), Secret::new("two").unwrap()];
        let sealed = seal_md5_ecb(&secrets[1], b"<root></root>").unwrap();
        let is_xml = |bytes: &[u8]| bytes.starts_with(b"<root>");
        let (proof, opened) = open_md5_ecb(&secrets, &sealed, is_xml).unwrap();
        assert_eq!(proof.key_id(), secrets[1].fingerprint());
        assert_eq!(opened, b"<root></root>");
        for wrong in [&sealed[..15], &[][..], &sealed[1..]] {
            assert!(open_md5_ecb(&secrets, wrong, is_xml).is_none());
        }
        assert!(open_md5_ecb(&secrets, &sealed, |_| false).is_none());
    }
}
