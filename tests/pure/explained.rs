//! What each provider says that it signs is what it signs, and no secret is in it.

use data_encoding::{BASE64, HEXLOWER};
use http::{HeaderMap, HeaderName};
use refund_inbox::config::read_account;
use refund_providers::contract::simulation::{
    Authentication, Demonstration, Scenario, SimulationOrder, Subject,
};
use refund_providers::contract::{Delivery, Explanation, Judgement, Signed, judge};
use refund_providers::crypto::hash::{
    hmac_sha256, secret_first_sha256, secret_last_md5, secret_last_sha1, sha256, sha256_hex,
};
use refund_providers::crypto::{Secret, SigningKey};
use refund_providers::provider::registry::DEFINITIONS;
use refund_providers::wire::percent;
use time::macros::datetime;

const TOKEN: &str = "a-secret-that-is-never-shown";

const NOW: time::OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

/// Returns the signature of a text as the dialect computes and writes it.
fn signature(
    dialect: &str,
    authentication: Authentication,
    text: &[u8],
    key: Option<&SigningKey>,
) -> String {
    let words = str::from_utf8(text).unwrap();
    let secret = Secret::new(TOKEN).unwrap();
    let rsa = |text: &[u8]| BASE64.encode(&key.unwrap().sign_sha256(text).unwrap());
    match (dialect, authentication) {
        // The key of the demonstration is a digest of the token.
        ("adyen", _) => {
            let key = Secret::new(sha256(TOKEN.as_bytes())).unwrap();
            BASE64.encode(&hmac_sha256(&key, &[text]).unwrap())
        }
        ("unionpay", _) => rsa(sha256_hex(text).as_bytes()),
        (_, Authentication::Sha256) => secret_first_sha256(&secret, words),
        (_, Authentication::Sha1) => secret_last_sha1(&secret, words),
        (_, Authentication::Md5) => HEXLOWER.encode(&secret_last_md5(&secret, text)),
        (_, Authentication::HmacSha256) => HEXLOWER.encode(&hmac_sha256(&secret, &[text]).unwrap()),
        (_, Authentication::Rsa | Authentication::RsaAndAesGcm) => rsa(text),
        (_, Authentication::AesEcb | Authentication::Token) => panic!("nothing is signed"),
    }
}

fn demonstrations() -> impl Iterator<Item = Demonstration> {
    DEFINITIONS.iter().flat_map(|known| (known.demonstrations)(TOKEN).unwrap())
}

#[test]
fn the_signature_of_the_text_that_is_shown_is_the_one_in_the_request() {
    for Demonstration { dialect, account, authentication, settings, signing_key, .. } in
        demonstrations()
    {
        let account = read_account(account, &settings).unwrap();
        let order = SimulationOrder {
            scenario: Scenario::Succeeded,
            now: NOW,
            serial: "explained",
            subject: Subject::default(),
            path: "/notify/x/y",
            signing_key: signing_key.as_ref(),
        };
        let simulated = account.provider.simulate(&order).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in &simulated.headers {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        let body = simulated.body.as_bytes();
        let explain = |body: &[u8], headers: &HeaderMap| -> Explanation {
            let path_and_query = "/notify/x/y";
            let delivery =
                Delivery { path_and_query, headers, redacted: &[], body, received_at: NOW };
            account.provider.explain(&delivery)
        };
        let explained = explain(body, &headers);
        match &explained.signed {
            Signed::Text { text, .. } => {
                let signature = signature(dialect, authentication, text, signing_key.as_ref());
                let values = simulated.headers.iter().map(|(_, value)| value.as_bytes().to_vec());
                let decoded = values.chain([body.to_vec()]).flat_map(|bytes| {
                    let decoded = percent::decode(&bytes).unwrap_or_default();
                    [bytes, decoded.to_vec()]
                });
                let is_in = |bytes: Vec<u8>| {
                    let written = String::from_utf8_lossy(&bytes).into_owned();
                    written.contains(&signature)
                        || written.to_lowercase().contains(&signature) && signature.len() == 32
                };
                assert!(decoded.into_iter().any(is_in), "{dialect}: {explained:?}");
            }
            Signed::Nothing(_) => {
                assert!(
                    [Authentication::AesEcb, Authentication::Token].contains(&authentication),
                    "{dialect}"
                );
            }
            Signed::Incomplete => panic!("{dialect}: {explained:?}"),
        }
        let delivery = Delivery {
            path_and_query: "/notify/x/y",
            headers: &headers,
            redacted: &[],
            body,
            received_at: NOW,
        };
        let Judgement::Authentic(proof, _) = judge(&*account.provider, &delivery) else {
            panic!("{dialect}: refused")
        };
        assert!(explained.tried_keys.contains(proof.key_id()), "{dialect}: {explained:?}");
        let is_dated = explained.signed_at.is_none_or(|at| (NOW - at).abs().whole_seconds() <= 1);
        assert!(is_dated, "{dialect}: {explained:?}");

        // Damaged requests are explained as far as they can be read, and never show the secret.
        for length in [0, 1, body.len() / 3, body.len() / 2, body.len()] {
            for headers in [&headers, &HeaderMap::new()] {
                let explained = explain(&body[..length], headers);
                let mut shown = format!("{explained:?}");
                if let Signed::Text { text, .. } = &explained.signed {
                    shown.push_str(&String::from_utf8_lossy(text));
                }
                // PayPal's webhook id is no secret, and the demonstration uses the token for it.
                assert!(dialect == "paypal" || !shown.contains(TOKEN), "{dialect}: {shown}");
            }
        }
    }
}
