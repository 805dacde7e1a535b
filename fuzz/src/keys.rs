//! Throw-away keys, and accounts that have them.

use std::sync::LazyLock;

use data_encoding::BASE64;
use refund_providers::crypto::{Proof, PublicKey, Secret, SignatureForm, SigningKey};
use refund_providers::provider::registry::read_settings;
use serde_json::{Value, json};

use crate::{Account, fixtures};

/// The secret of the accounts with a shared secret.
pub const SECRET: &str = "a-secret-for-the-fuzz-targets";

/// The APIv3 key of the WeChat Pay account.
pub const V3_KEY: &str = "a-32-byte-key-for-fuzz-targets-1";

/// The secret in the form that the signing functions take.
pub static SHARED: LazyLock<Secret> = LazyLock::new(|| Secret::new(SECRET).unwrap());

/// A key that signs as a provider.
pub struct Signer {
    key: SigningKey,
    /// The proof of a text that the key has signed. The targets join it to any content.
    pub proof: Proof,
    public_pem: String,
}

/// The signer of all targets.
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
    /// Returns a certificate that the key signs itself, in PEM.
    pub fn self_signed(&self, common_name: &str) -> String {
        self.key.self_signed(common_name).unwrap()
    }

    /// Signs `message`. Returns base64.
    pub fn sign(&self, message: &[u8]) -> String {
        BASE64.encode(&self.key.sign_sha256(message).unwrap())
    }
}

/// Returns an account of these settings with the signer's public key.
pub fn account_of_signer(settings: Value) -> Account {
    account_of_signer_at("public_keys", settings)
}

/// Returns an account of these settings with the signer's public key in the setting `name`.
pub fn account_of_signer_at(name: &str, mut settings: Value) -> Account {
    settings[name] = json!([{ "id": "fuzz", "pem": SIGNER.public_pem }]);
    account(settings)
}

/// Returns an account of these settings. The member `provider` names the provider.
pub fn account(settings: Value) -> Account {
    let provider = settings["provider"].as_str().unwrap().to_owned();
    let settings = read_settings(&provider, settings).unwrap().unwrap();
    settings.build().unwrap_or_else(|error| panic!("{error}"))
}
