//! Throw-away keys: the ones that the fixtures are signed with.

use std::sync::LazyLock;

use data_encoding::BASE64;
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::crypto::{Proof, PublicKey, Secret, SignatureForm, SigningKey};

use crate::fixtures;

/// The secret of the accounts that share one with their provider.
pub const SECRET: &str = "a-secret-for-the-fuzz-targets";

/// The APIv3 key of the WeChat Pay account.
pub const V3_KEY: &str = "a-32-byte-key-for-fuzz-targets-1";

/// The secret as the signing functions take it.
pub static SHARED: LazyLock<Secret> = LazyLock::new(|| Secret::new(SECRET).unwrap());

/// A key that plays a provider's, and what it vouches for.
pub struct Signer {
    key: SigningKey,
    /// The proof of something that the key has signed: what else comes with it is taken as proved.
    pub proof: Proof,
    public_pem: String,
}

/// The one signer of a target.
pub static SIGNER: LazyLock<Signer> = LazyLock::new(|| {
    let path = fixtures::folder().join("generate/keys/stranger.pem");
    let key = SigningKey::from_pem(&std::fs::read_to_string(path).unwrap()).unwrap();
    let public_pem = key.public_pem().unwrap();
    let public = PublicKey::parse("fuzz", &public_pem, false).unwrap();
    let signature = key.sign_sha256(b"anything").unwrap();
    let proof = public.verify(b"anything", &signature, SignatureForm::HeadersAndBody).unwrap();
    Signer { key, proof, public_pem }
});

impl Signer {
    /// The signature of `message`, in base64.
    pub fn sign(&self, message: &[u8]) -> String {
        BASE64.encode(&self.key.sign_sha256(message).unwrap())
    }
}

/// An account with the signer's public key.
pub fn account_of_signer(settings: &str) -> ConfiguredAccount {
    let pem = &SIGNER.public_pem;
    account(&format!(
        "{settings}\npublic_keys = [{{ id = \"fuzz\", pem = \"\"\"\n{pem}\"\"\" }}]\n"
    ))
}

/// An account of these settings.
pub fn account(settings: &str) -> ConfiguredAccount {
    read_account("fuzz", settings).unwrap_or_else(|error| panic!("{error}"))
}
