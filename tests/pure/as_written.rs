//! Headers and bodies as providers write them: the rules of `kit/rules.rs` hold for every dialect.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use refund_inbox::config::read_account;
use refund_providers::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder, Subject,
};
use refund_providers::contract::{Delivery, Judgement, Meaning, Refusal, Unrelated, judge};
use refund_providers::provider::registry::definition;
use refund_providers::refund::{Authenticity, RefundStatus};
use serde_json::json;
use testing::notifications::eftpay;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::fixture_file::{self, Fixture};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// Judges a fixture's request with other headers and another body.
fn judged(fixture: &Fixture, headers: &HeaderMap, body: &[u8]) -> Judgement {
    judge(&*fixture.configured().provider, &fixture.delivery(headers, body))
}

/// The fixtures that record a refund.
fn recorded() -> impl Iterator<Item = &'static Fixture> {
    fixture_file::all().into_iter().filter(|fixture| fixture.expected.verdict == "recorded")
}

fn with_types(headers: &HeaderMap, values: &[&str]) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove(CONTENT_TYPE);
    for value in values {
        headers.append(CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
    }
    headers
}

#[test]
fn hazard_34_every_dialect_reads_content_types_as_providers_write_them() {
    let mut tried = 0;
    for fixture in recorded() {
        let (headers, body) = (fixture.headers(), fixture.body());
        let Some(usual) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
            continue;
        };
        let joined = format!("{usual}, {usual}");
        let mut variants = vec![vec![], vec![usual, usual], vec![joined.as_str()]];
        if body.trim_ascii_start().starts_with(b"{") {
            variants.push(vec!["text/plain"]);
            variants.push(vec!["text/plain; charset=utf-8", "Text/Plain"]);
        }
        let expected = judged(fixture, &headers, &body);
        for types in variants {
            let found = judged(fixture, &with_types(&headers, &types), &body);
            assert_eq!(found, expected, "{} {types:?}", fixture.full_name());
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn hazard_34_antom_writes_its_labels_in_any_case_and_leaves_out_those_with_a_default() {
    let fixture = fixture_file::one("antom", "succeeded_full");
    let body = fixture.body();
    let with = |from: &str, to: &str| {
        let mut headers = fixture.headers();
        let usual = headers["signature"].to_str().unwrap();
        assert!(usual.contains(from), "{usual}");
        let value = usual.replacen(from, to, 1).parse().unwrap();
        headers.insert("signature", value);
        judged(fixture, &headers, &body)
    };
    let expected = judged(fixture, &fixture.headers(), &body);
    for (from, to) in [
        ("algorithm=RSA256,", ""),
        ("keyVersion=1,", ""),
        ("algorithm=RSA256,keyVersion=1,", ""),
        ("algorithm=RSA256", "Algorithm=rsa256"),
        ("keyVersion", "KEYVERSION"),
    ] {
        assert_eq!(with(from, to), expected, "{to}");
    }
    for (from, to) in [
        ("algorithm=RSA256,", "algorithm=,"),
        ("keyVersion=1,", "keyVersion=,"),
        ("keyVersion=1,", "keyVersion=1,keyversion=1,"),
        ("signature=", "other="),
    ] {
        assert_eq!(with(from, to), Judgement::Refused(Refusal::SignatureMalformed), "{to}");
    }
    let sha1 = with("algorithm=RSA256", "algorithm=RSA1");
    assert_eq!(sha1, Judgement::Refused(Refusal::UnsupportedAlgorithm));
}

#[test]
fn hazard_35_a_byte_order_mark_is_signed_with_the_raw_body_and_never_read() {
    let mark = b"\xef\xbb\xbf";
    let (mut added, mut signed) = (0, 0);
    for fixture in recorded() {
        let (headers, body) = (fixture.headers(), fixture.body());
        let expected = judged(fixture, &headers, &body);
        let Judgement::Authentic(proof, _) = &expected else { panic!("{expected:?}") };
        let is_raw = ["headers_and_body", "headers_and_checksum", "timestamp_and_body", "body"]
            .contains(&proof.form().as_str());
        match body.strip_prefix(mark) {
            // The provider signed the mark. Without it the signature does not fit.
            Some(rest) if is_raw => {
                let refused = Judgement::Refused(Refusal::SignatureMismatch);
                assert_eq!(judged(fixture, &headers, rest), refused, "{}", fixture.full_name());
                signed += 1;
            }
            Some(rest) => {
                assert_eq!(judged(fixture, &headers, rest), expected, "{}", fixture.full_name());
            }
            None => {
                let found = judged(fixture, &headers, &[&mark[..], &body].concat());
                if is_raw {
                    let refused = Judgement::Refused(Refusal::SignatureMismatch);
                    assert_eq!(found, refused, "{}", fixture.full_name());
                } else {
                    assert_eq!(found, expected, "{}", fixture.full_name());
                }
                added += 1;
            }
        }
    }
    assert!(added > 300 && signed >= 3, "{added} {signed}");
}

#[test]
fn hazard_38_a_signed_sale_is_no_refund_however_many_refund_fields_it_has() {
    let account = read_account(
        "hk",
        "provider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\nsecrets = [\"testsignkey1234\"]\n",
    )
    .unwrap();
    let judged = |changes: &[(&str, serde_json::Value)]| {
        let body = eftpay("R1", changes);
        let headers = HeaderMap::new();
        let delivery = Delivery {
            path_and_query: "/",
            headers: &headers,
            redacted: &[],
            body: body.as_bytes(),
            received_at: NOW,
        };
        match judge(&*account.provider, &delivery) {
            Judgement::Authentic(_, meaning) => meaning,
            refused @ Judgement::Refused(_) => panic!("{refused:?}"),
        }
    };
    assert!(matches!(judged(&[]), Meaning::Refunds(_)));
    let unrelated = Meaning::NotARefund(Unrelated::NotARefund);
    for word in [json!(null), json!(""), json!("SALE"), json!(0)] {
        for name in ["notify_type", "trade_type"] {
            assert_eq!(judged(&[(name, word.clone())]), unrelated, "{name} {word}");
        }
        let neither = judged(&[("notify_type", word.clone()), ("trade_type", word.clone())]);
        assert_eq!(neither, unrelated, "{word}");
    }
}

/// What the provider of an account sends in a scenario, and how the account judges it.
fn played(
    account: &str,
    settings: &str,
    scenario: Scenario,
) -> Result<(Simulated, Judgement), SimulationError> {
    let account = read_account(account, settings).unwrap();
    let order = SimulationOrder {
        scenario,
        now: NOW,
        serial: "7",
        subject: Subject::default(),
        path: "/",
        signing_key: None,
    };
    let simulated = account.provider.simulate(&order)?;
    let headers = HeaderMap::new();
    let delivery = Delivery {
        path_and_query: "/",
        headers: &headers,
        redacted: &[],
        body: simulated.body.as_bytes(),
        received_at: NOW,
    };
    let judgement = judge(&*account.provider, &delivery);
    Ok((simulated, judgement))
}

#[test]
fn hazard_39_an_account_with_the_older_keys_alone_receives_and_plays_the_older_dialect() {
    let wechatpay = definition("wechatpay").unwrap();
    let demonstrations = (wechatpay.demonstrations)("token").unwrap();
    let v2: &Demonstration = demonstrations.iter().find(|it| it.dialect == "wechatpay v2").unwrap();
    assert!(!v2.settings.contains("api_v3_keys") && !v2.settings.contains("public_keys"));
    let partner = "provider = \"wechatpay\"\nsp_mchid = \"1900000100\"\n\
                   sub_mchids = [\"1900000101\"]\nappid = \"wx1\"\napi_v2_keys = [\"token\"]\n";
    let nomad = v2.settings.replace("wechatpay", "nomad");
    for settings in [v2.settings.as_str(), partner, &nomad] {
        for (scenario, status) in [
            (Scenario::Succeeded, RefundStatus::Succeeded),
            (Scenario::Duplicate, RefundStatus::Succeeded),
            (Scenario::Canceled, RefundStatus::Canceled),
            (Scenario::RequiresAction, RefundStatus::RequiresAction),
            (Scenario::UnknownStatus, RefundStatus::Unknown),
        ] {
            let (simulated, judgement) = played("cn", settings, scenario).unwrap();
            assert!(simulated.body.starts_with("<xml>"), "{}", simulated.body);
            let [event] = judgement.events() else { panic!("{scenario}: {judgement:?}") };
            assert_eq!(event.status, status, "{scenario}");
            assert_eq!(event.authenticity, Authenticity::Decrypted);
            assert_eq!(event.merchant_refund_id, "refund-7");
        }
        for scenario in [Scenario::Tampered, Scenario::WrongKey] {
            let (_, judgement) = played("cn", settings, scenario).unwrap();
            let refused = Judgement::Refused(Refusal::SignatureMismatch);
            assert_eq!(judgement, refused, "{scenario}");
        }
        let (_, malformed) = played("cn", settings, Scenario::Malformed).unwrap();
        let is_unreadable = matches!(malformed, Judgement::Authentic(_, Meaning::Unreadable(_)));
        assert!(is_unreadable, "{malformed:?}");
        for scenario in [Scenario::Failed, Scenario::Pending, Scenario::Stale, Scenario::NotARefund]
        {
            let error = played("cn", settings, scenario).unwrap_err();
            assert!(matches!(error, SimulationError::NoSuchScenario { .. }), "{error}");
        }
    }
}
