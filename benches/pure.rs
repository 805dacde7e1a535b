//! Measures the cost of authenticating and normalizing one delivery of each dialect, and beside it,
//! in the same run, the cost of the bare digest, signature or cipher over as many bytes.
//!
//! `cargo bench --bench pure`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up should end")]

use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use divan::Bencher;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use md5::Md5;
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{
    Authentication, Demonstration, Scenario, SimulationOrder, Subject,
};
use refund_providers::contract::{Delivery, judge};
use refund_providers::crypto::cipher::{open_md5_ecb, seal_md5_ecb};
use refund_providers::crypto::{Secret, SigningKey};
use refund_providers::provider::registry::DEFINITIONS;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;
use x509_parser::pem::Pem;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// The secret of the demonstrations.
const TOKEN: &str = "a-secret-to-measure";

const PATH: &str = "/notify/any/any";

fn main() {
    divan::main();
}

/// Returns the demonstrations of all dialects in the registry.
fn demonstrations() -> impl Iterator<Item = Demonstration> {
    DEFINITIONS.iter().flat_map(|definition| (definition.demonstrations)(TOKEN).unwrap())
}

/// Returns the names of all dialects in the registry.
fn dialects() -> Vec<&'static str> {
    demonstrations().map(|demonstration| demonstration.dialect).collect()
}

/// A success as the provider of a dialect sends it, and the account that receives it.
struct Sent {
    account: ConfiguredAccount,
    authentication: Authentication,
    headers: HeaderMap,
    body: String,
}

impl Sent {
    fn of(dialect: &str) -> Self {
        let demonstration = demonstrations().find(|it| it.dialect == dialect).unwrap();
        let account = read_account(demonstration.account, &demonstration.settings).unwrap();
        let order = SimulationOrder {
            scenario: Scenario::Succeeded,
            now: NOW,
            serial: "1",
            subject: Subject::default(),
            path: PATH,
            signing_key: demonstration.signing_key.as_ref(),
        };
        let simulated = account.provider.simulate(&order).unwrap();
        let headers = simulated.headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        let sent = Self {
            authentication: demonstration.authentication,
            headers: headers.collect(),
            body: simulated.body,
            account,
        };
        let judgement = judge(&*sent.account.provider, &sent.delivery());
        assert!(!judgement.events().is_empty(), "{dialect}: {judgement:?}");
        sent
    }

    fn delivery(&self) -> Delivery<'_> {
        Delivery {
            path_and_query: PATH,
            headers: &self.headers,
            redacted: &[],
            body: self.body.as_bytes(),
            received_at: NOW,
        }
    }
}

/// Measures the whole pure part of a delivery: bytes in, refund events out.
#[divan::bench(args = dialects(), sample_count = 1000)]
fn authenticate_and_normalize(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let delivery = sent.delivery();
    bencher.bench_local(|| judge(&*sent.account.provider, black_box(&delivery)));
}

/// Measures authentication alone.
#[divan::bench(args = dialects(), sample_count = 1000)]
fn authenticate(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let delivery = sent.delivery();
    bencher.bench_local(|| sent.account.provider.authenticate(black_box(&delivery)).is_ok());
}

/// Measures the bare computation of the dialect's kind of authentication, over as many bytes as the
/// body has, with all keys parsed before.
#[divan::bench(args = dialects(), sample_count = 1000)]
fn baseline(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let body = sent.body.as_bytes();
    match sent.authentication {
        Authentication::Sha256 => bencher.bench_local(|| Sha256::digest(black_box(body))),
        Authentication::Token => bencher.bench_local(|| Sha256::digest(black_box(b"a token"))),
        Authentication::Sha1 => bencher
            .bench_local(|| digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, black_box(body))),
        Authentication::Md5 => bencher.bench_local(|| Md5::digest(black_box(body))),
        Authentication::HmacSha256 => bencher.bench_local(|| {
            let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
            mac.update(black_box(body));
            mac.finalize()
        }),
        Authentication::Rsa => {
            let verify = rsa(body);
            bencher.bench_local(|| verify(black_box(body)));
        }
        Authentication::RsaAndAesGcm => {
            let (verify, open) = (rsa(body), aes_gcm(body));
            bencher.bench_local(|| (verify(black_box(body)), open()));
        }
        Authentication::AesEcb => {
            let secrets = [Secret::new(TOKEN).unwrap()];
            let sealed = seal_md5_ecb(&secrets[0], body).unwrap();
            bencher.bench_local(|| open_md5_ecb(&secrets, black_box(&sealed), |_| true).is_some());
        }
    }
}

/// Returns the verification of an RSA-2048 signature over the message.
fn rsa(message: &[u8]) -> impl Fn(&[u8]) + use<> {
    let key = SigningKey::generate().unwrap();
    let signature = key.sign_sha256(message).unwrap();
    let pem = key.public_pem().unwrap();
    let block = Pem::iter_from_buffer(pem.as_bytes()).next().unwrap().unwrap();
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, block.contents).unwrap();
    move |message| public.verify_sig(message, &signature).unwrap()
}

/// Returns the opening of an AES-256-GCM ciphertext of as many bytes as the message has.
fn aes_gcm(message: &[u8]) -> impl Fn() -> usize + use<> {
    let key = || LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32]).unwrap());
    let nonce = || Nonce::assume_unique_for_key([7; NONCE_LEN]);
    let mut sealed = message.to_vec();
    key().seal_in_place_append_tag(nonce(), Aad::empty(), &mut sealed).unwrap();
    let key = key();
    move || {
        let mut bytes = black_box(&sealed).clone();
        key.open_in_place(nonce(), Aad::empty(), &mut bytes).unwrap().len()
    }
}
