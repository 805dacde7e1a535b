//! What authenticating and normalizing one delivery costs, beside what cannot be avoided: the bare
//! digest, signature or cipher over the same bytes, in the same run.
//!
//! `cargo bench --bench pure`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up should end")]

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use data_encoding::BASE64;
use divan::{Bencher, black_box};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationOrder, v3_key_of,
};
use refund_providers::contract::{Delivery, judge};
use refund_providers::crypto::Secret;
use refund_providers::crypto::cipher::seal_md5_ecb;
use refund_providers::provider::registry::DEFINITIONS;
use refund_providers::wire::{form::Pairs, percent};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;
use x509_parser::pem::Pem;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// Makes the secrets of the demonstrations.
const TOKEN: &str = "a-secret-to-measure";

const PATH: &str = "/notify/any/any";

/// The dialects that are registered, by the name of their demonstration.
const DIALECTS: [&str; 8] = [
    "alipay",
    "antom",
    "eftpay",
    "nomad relay",
    "paycools flat",
    "paycools envelope",
    "wechatpay v3",
    "wechatpay v2",
];

/// Those that sign with RSA-2048 and encrypt nothing.
const SIGNED_WITH_RSA: [&str; 3] = ["alipay", "antom", "paycools envelope"];

fn main() {
    divan::main();
}

/// A success as a dialect's provider sends it, and the account that it is for.
struct Sent {
    account: ConfiguredAccount,
    headers: HeaderMap,
    body: String,
    public_key: Option<ParsedPublicKey>,
}

impl Sent {
    fn of(dialect: &str) -> Self {
        let demonstration = DEFINITIONS
            .iter()
            .flat_map(|definition| (definition.demonstrations)(TOKEN).unwrap())
            .find(|demonstration| demonstration.dialect == dialect)
            .unwrap();
        let account = read_account(demonstration.account, &demonstration.settings).unwrap();
        let simulated = match dialect {
            "wechatpay v2" => wechatpay_v2(),
            _ => simulated(&account, &demonstration),
        };
        let signing_key = demonstration.signing_key.as_ref();
        let headers = simulated.headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        let public_key = signing_key.map(|key| {
            let pem = key.public_pem().unwrap();
            let block = Pem::iter_from_buffer(pem.as_bytes()).next().unwrap().unwrap();
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, block.contents).unwrap()
        });
        let sent = Self { headers: headers.collect(), body: simulated.body, account, public_key };
        let judgement = judge(&*sent.account.provider, &sent.delivery());
        assert!(!judgement.events().is_empty(), "{dialect}: {judgement:?}");
        sent
    }

    fn delivery(&self) -> Delivery<'_> {
        Delivery {
            path_and_query: PATH,
            headers: &self.headers,
            body: self.body.as_bytes(),
            received_at: NOW,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// A text of the length that a sorted dialect hashes: the secret and the members.
    fn sorted_text(&self) -> String {
        let Value::Object(members) = self.json() else {
            return String::new();
        };
        let pairs = members.iter().filter(|(name, _)| *name != "sign").map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={text}")
        });
        format!("{TOKEN}{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// What an RSA dialect signs, and the signature.
    fn signed(&self, dialect: &str) -> (Vec<u8>, Vec<u8>) {
        let (message, signature) = match dialect {
            "alipay" => {
                let pairs = Pairs::from_bytes(self.body.as_bytes()).unwrap();
                let text = pairs.signed_text(&["sign", "sign_type"], true);
                (text, pairs.get("sign").unwrap().to_vec())
            }
            "antom" => {
                let (client, time) = (self.header("client-id"), self.header("request-time"));
                let text = format!("POST {PATH}\n{client}.{time}.{}", self.body);
                let (_, signature) = self.header("signature").split_once("signature=").unwrap();
                (text.into_bytes(), percent::decode(signature.as_bytes()).unwrap())
            }
            "wechatpay v3" => {
                let lines = [
                    self.header("wechatpay-timestamp"),
                    self.header("wechatpay-nonce"),
                    &self.body,
                    "",
                ];
                (lines.join("\n").into_bytes(), self.header("wechatpay-signature").into())
            }
            _ => {
                let body = self.json();
                let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap().into();
                (text("param"), text("sign"))
            }
        };
        (message, BASE64.decode(&signature).unwrap())
    }
}

fn simulated(account: &ConfiguredAccount, demonstration: &Demonstration) -> Simulated {
    let order = SimulationOrder {
        scenario: Scenario::Succeeded,
        now: NOW,
        serial: "1",
        path: PATH,
        signing_key: demonstration.signing_key.as_ref(),
    };
    account.provider.simulate(&order).unwrap()
}

/// As the page of v2 shows it; `simulate` plays v3 only.
fn wechatpay_v2() -> Simulated {
    let root = "<root><out_refund_no><![CDATA[refund-1]]></out_refund_no>\
         <out_trade_no><![CDATA[order-1]]></out_trade_no>\
         <refund_account><![CDATA[REFUND_SOURCE_RECHARGE_FUNDS]]></refund_account>\
         <refund_fee><![CDATA[8850]]></refund_fee>\
         <refund_id><![CDATA[50000408942018111907145868882]]></refund_id>\
         <refund_recv_accout><![CDATA[支付用户零钱]]></refund_recv_accout>\
         <refund_request_source><![CDATA[API]]></refund_request_source>\
         <refund_status><![CDATA[SUCCESS]]></refund_status>\
         <settlement_refund_fee><![CDATA[8850]]></settlement_refund_fee>\
         <settlement_total_fee><![CDATA[18800]]></settlement_total_fee>\
         <success_time><![CDATA[2026-01-02 11:04:05]]></success_time>\
         <total_fee><![CDATA[18800]]></total_fee>\
         <transaction_id><![CDATA[4200000215201811190261405420]]></transaction_id></root>";
    let sealed = seal_md5_ecb(&Secret::new(TOKEN).unwrap(), root.as_bytes()).unwrap();
    let body = format!(
        "<xml><return_code>SUCCESS</return_code><appid><![CDATA[wx8888888888888888]]></appid>\
         <mch_id><![CDATA[1900000109]]></mch_id>\
         <nonce_str><![CDATA[TeqClE3i0mvn3DrK]]></nonce_str>\
         <req_info><![CDATA[{}]]></req_info></xml>",
        BASE64.encode(&sealed),
    );
    Simulated { headers: vec![("content-type", "text/xml".to_owned())], body }
}

/// The whole pure way of a delivery: bytes in, refund events out.
#[divan::bench(args = DIALECTS, sample_count = 1000)]
fn authenticate_and_normalize(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let delivery = sent.delivery();
    bencher.bench_local(|| judge(&*sent.account.provider, black_box(&delivery)));
}

/// The first half of it.
#[divan::bench(args = DIALECTS, sample_count = 1000)]
fn authenticate(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let delivery = sent.delivery();
    bencher.bench_local(|| sent.account.provider.authenticate(black_box(&delivery)).is_ok());
}

/// Nothing but the SHA-256 of eftPay's signed text.
#[divan::bench(sample_count = 1000)]
fn baseline_sha256_of_eftpay(bencher: Bencher<'_, '_>) {
    let text = Sent::of("eftpay").sorted_text();
    bencher.bench_local(|| Sha256::digest(black_box(text.as_bytes())));
}

/// Nothing but the SHA-1 of PayCools' signed text.
#[divan::bench(sample_count = 1000)]
fn baseline_sha1_of_paycools_flat(bencher: Bencher<'_, '_>) {
    let text = Sent::of("paycools flat").sorted_text();
    bencher.bench_local(|| {
        digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, black_box(text.as_bytes()))
    });
}

/// Nothing but the HMAC-SHA-256 of a relay's timestamp and body.
#[divan::bench(sample_count = 1000)]
fn baseline_hmac_sha256_of_nomad_relay(bencher: Bencher<'_, '_>) {
    let sent = Sent::of("nomad relay");
    let text = format!("{}.{}", sent.header("x-nomad-timestamp"), sent.body);
    bencher.bench_local(|| {
        let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(black_box(text.as_bytes()));
        mac.finalize()
    });
}

/// Nothing but the verification of an RSA-2048 signature, with the key parsed before.
#[divan::bench(args = SIGNED_WITH_RSA, sample_count = 1000)]
fn baseline_rsa_2048(bencher: Bencher<'_, '_>, dialect: &str) {
    let sent = Sent::of(dialect);
    let (message, signature) = sent.signed(dialect);
    let key = sent.public_key.as_ref().unwrap();
    key.verify_sig(&message, &signature).unwrap();
    bencher.bench_local(|| key.verify_sig(black_box(&message), &signature).is_ok());
}

/// Nothing but that and the opening of the resource with AES-256-GCM, both keys parsed before.
#[divan::bench(sample_count = 1000)]
fn baseline_rsa_2048_and_aes_256_gcm_of_wechatpay_v3(bencher: Bencher<'_, '_>) {
    let sent = Sent::of("wechatpay v3");
    let (message, signature) = sent.signed("wechatpay v3");
    let body = sent.json();
    let resource =
        |name: &str| body.pointer(&format!("/resource/{name}")).and_then(Value::as_str).unwrap();
    let ciphertext = BASE64.decode(resource("ciphertext").as_bytes()).unwrap();
    let nonce: [u8; 12] = resource("nonce").as_bytes().try_into().unwrap();
    let associated_data = resource("associated_data");
    let rsa = sent.public_key.as_ref().unwrap();
    let aes = UnboundKey::new(&AES_256_GCM, v3_key_of(TOKEN).as_bytes()).unwrap();
    let aes = LessSafeKey::new(aes);
    let both = || {
        rsa.verify_sig(black_box(&message), &signature).unwrap();
        let mut bytes = ciphertext.clone();
        let nonce = Nonce::assume_unique_for_key(nonce);
        aes.open_in_place(nonce, Aad::from(associated_data), &mut bytes).unwrap().len()
    };
    bencher.bench_local(both);
}
