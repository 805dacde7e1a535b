//! The verifier for HMAC-SHA-256 over the raw body, with or without a time of signing in front.
//!
//! Providers differ in the headers, the separator, the encoding and the number of signatures. An
//! [`HmacRule`] states the differences; verification and signing follow it.

mod explain;
mod sign;

pub use super::freshness::TimeUnit;
use super::freshness::Window;
use super::headers::{signature_header, signed_header};
use crate::contract::{Delivery, Refusal};
use crate::crypto::hash::verify_hmac_sha256;
use crate::crypto::{PresentedDigest, Proof, Secret, SignatureForm};

/// The most signatures that one request may present. Providers send one for each active secret.
const MOST_SIGNATURES: usize = 16;

/// How a provider signs a body with HMAC-SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct HmacRule {
    /// The header that contains the signature.
    pub header: &'static str,
    /// What the header looks like, and where the time of signing is.
    pub layout: Layout,
    /// How the signature is written.
    pub encoding: Encoding,
    /// The bytes between the time of signing and the body. If there are none, the time must have
    /// [`TimeUnit::digits`] and the body must begin with `{`: otherwise a digit could move from one
    /// to the other under the same signature.
    pub separator: &'static str,
    /// The unit of the time of signing.
    pub unit: TimeUnit,
}

/// What the signature's header looks like, and where the time of signing is.
#[derive(Clone, Copy, Debug)]
pub enum Layout {
    /// The header is the signature after `prefix`. The provider signs the body only.
    BodyOnly {
        /// The text before the signature. It may be empty.
        prefix: &'static str,
    },
    /// The header is the signature after `prefix`. Another header is the time of signing.
    TimestampHeader {
        /// The text before the signature. It may be empty.
        prefix: &'static str,
        /// The name of the other header.
        timestamp: &'static str,
    },
    /// The header is a list: `t=1735689600,v1=…,v1=…`. Unknown names have no meaning.
    List {
        /// The name of the time of signing in the list. It occurs once.
        timestamp: &'static str,
        /// The name of the signatures in the list.
        signature: &'static str,
        /// Whether the list may contain several signatures, as after a change of the secret.
        several: bool,
        /// The names of all signatures that the provider writes, in its order, such as one for
        /// each mode. Those with another name than `signature` are written without a value.
        written: &'static [&'static str],
    },
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 64 hex digits. Verification accepts either case; signing writes lower case.
    Hex,
    /// 64 hex digits in lower case. Verification accepts no other.
    LowerHex,
    /// Padded base64.
    Base64,
}

/// What a request presents.
struct Presented<'a> {
    timestamp: Option<&'a str>,
    signatures: Vec<PresentedDigest<32>>,
}

impl HmacRule {
    /// Verifies that one of the presented signatures was made with one of `secrets` over the time
    /// of signing and the body. With a `window`, the time of signing must be inside it, judged at
    /// the time of receipt.
    ///
    /// # Errors
    /// Refuses a signature that is absent, repeated, malformed or wrong, a time that is absent,
    /// malformed or outside the window, and a body that nothing separates from the time.
    pub fn verify(
        &self,
        delivery: &Delivery<'_>,
        secrets: &[Secret],
        window: Option<Window>,
    ) -> Result<Proof, Refusal> {
        let presented = self.presented(delivery)?;
        let is_joined = presented.timestamp.is_some() && self.separator.is_empty();
        let (parts, form) = match presented.timestamp {
            Some(timestamp) => {
                if is_joined && timestamp.len() != self.unit.digits() {
                    return Err(Refusal::TimestampMalformed);
                }
                if let Some(window) = window {
                    window.require(delivery, timestamp, self.unit)?;
                }
                let parts = vec![timestamp.as_bytes(), self.separator.as_bytes(), delivery.body];
                (parts, SignatureForm::TimestampAndBody)
            }
            None => (vec![delivery.body], SignatureForm::Body),
        };
        let proof = verify_hmac_sha256(secrets, &parts, &presented.signatures, form)
            .ok_or(Refusal::SignatureMismatch)?;
        if is_joined && !delivery.body.starts_with(b"{") {
            return Err(Refusal::MalformedBody);
        }
        Ok(proof)
    }

    fn read(&self, signature: &str) -> Option<PresentedDigest<32>> {
        match self.encoding {
            Encoding::Hex => PresentedDigest::from_hex(signature),
            Encoding::LowerHex if signature.contains(|it: char| it.is_ascii_uppercase()) => None,
            Encoding::LowerHex => PresentedDigest::from_hex(signature),
            Encoding::Base64 => PresentedDigest::from_base64(signature),
        }
    }

    fn presented<'d>(&self, delivery: &Delivery<'d>) -> Result<Presented<'d>, Refusal> {
        let header = signature_header(delivery.headers, self.header)?;
        let single = |prefix: &str| {
            let signature = header.strip_prefix(prefix).and_then(|text| self.read(text));
            Ok(vec![signature.ok_or(Refusal::SignatureMalformed)?])
        };
        match self.layout {
            Layout::BodyOnly { prefix } => {
                Ok(Presented { timestamp: None, signatures: single(prefix)? })
            }
            Layout::TimestampHeader { prefix, timestamp } => {
                let signatures = single(prefix)?;
                let timestamp = Some(signed_header(delivery.headers, timestamp)?);
                Ok(Presented { timestamp, signatures })
            }
            Layout::List { timestamp, signature, several, written: _ } => {
                let values = |name: &'static str| {
                    let members = header.split(',').filter_map(|part| part.split_once('='));
                    members.filter(move |(known, _)| *known == name).map(|(_, value)| value)
                };
                let presented: Vec<&str> = values(signature).take(MOST_SIGNATURES + 1).collect();
                let most = if several { MOST_SIGNATURES } else { 1 };
                if presented.is_empty() {
                    return Err(Refusal::SignatureMissing);
                }
                if presented.len() > most {
                    return Err(Refusal::SignatureRepeated);
                }
                // If another signature is well-formed, a malformed one counts as a mismatch.
                let signatures: Vec<_> =
                    presented.into_iter().filter_map(|text| self.read(text)).collect();
                if signatures.is_empty() {
                    return Err(Refusal::SignatureMalformed);
                }
                let mut timestamps = values(timestamp);
                match (timestamps.next(), timestamps.next()) {
                    (Some(at), None) if is_decimal(at) => {
                        Ok(Presented { timestamp: Some(at), signatures })
                    }
                    (Some(_), None) | (_, Some(_)) | (None, None) => {
                        Err(Refusal::TimestampMalformed)
                    }
                }
            }
        }
    }
}

/// Returns whether a text is a whole number of at most 64 bits, without leading zeros.
fn is_decimal(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0')) && text.parse::<i64>().is_ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{Encoding, HmacRule, Layout};
    use crate::contract::{Delivery, Refusal};
    use crate::crypto::{Secret, SignatureForm};
    use crate::kit::freshness::{TimeUnit, Window};

    const NOW: OffsetDateTime = datetime!(2025-01-01 00:00 UTC);

    /// The documented example of Stripe (<https://docs.stripe.com/webhooks>), recomputed.
    const BODY: &[u8] = b"{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
    const V1: &str = "7704f67a31dd4cb846fe00f4d5b32c6a19ea6bcbe315463477d6a77fc1869179";

    const LIST: HmacRule = HmacRule {
        header: "stripe-signature",
        layout: Layout::List { timestamp: "t", signature: "v1", several: true, written: &["v1"] },
        encoding: Encoding::LowerHex,
        separator: ".",
        unit: TimeUnit::Seconds,
    };

    fn verify(
        rule: &HmacRule,
        headers: &[(&'static str, String)],
        body: &[u8],
        secrets: &[&str],
    ) -> Result<SignatureForm, Refusal> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let delivery =
            Delivery { path_and_query: "/", headers: &map, redacted: &[], body, received_at: NOW };
        let secrets: Vec<Secret> = secrets.iter().map(|one| Secret::new(*one).unwrap()).collect();
        let proof = rule.verify(&delivery, &secrets, Some(Window::symmetric(300)))?;
        assert!(secrets.iter().any(|secret| secret.fingerprint() == proof.key_id()));
        Ok(proof.form())
    }

    fn listed(header: &str) -> Result<SignatureForm, Refusal> {
        verify(&LIST, &[("stripe-signature", header.to_owned())], BODY, &["whsec_test_secret"])
    }

    #[test]
    fn a_list_is_verified_with_any_of_its_signatures() {
        let other = "0".repeat(64);
        for header in [
            format!("t=1735689600,v1={V1}"),
            format!("v1={V1},t=1735689600"),
            format!("t=1735689600,v1={other},v1={V1},v0=x"),
            format!("t=1735689600,v1=short,v1={V1}"),
            format!("t=1735689600,v1={V1},no name, t=1"),
        ] {
            assert_eq!(listed(&header), Ok(SignatureForm::TimestampAndBody), "{header}");
        }
        let refused = [
            (format!("t=1735689600,v1={other}"), Refusal::SignatureMismatch),
            (format!("t=1735689601,v1={V1}"), Refusal::SignatureMismatch),
            (format!("t=1735689600,v0={V1}"), Refusal::SignatureMissing),
            (format!("t=1735689600,v1={}", V1.to_uppercase()), Refusal::SignatureMalformed),
            ("t=1735689600,v1=".to_owned(), Refusal::SignatureMalformed),
            ("t=1735689600,v1=short".to_owned(), Refusal::SignatureMalformed),
            (format!("t=1735689600{}", format!(",v1={V1}").repeat(17)), Refusal::SignatureRepeated),
            (format!("v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=,v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=01735689600,v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=+1735689600,v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=1735689600,t=1735689600,v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=99999999999999999999,v1={V1}"), Refusal::TimestampMalformed),
            (format!("t=1735689299,v1={V1}"), Refusal::Stale),
            (format!("t=1735689901,v1={V1}"), Refusal::Stale),
        ];
        for (header, refusal) in refused {
            assert_eq!(listed(&header), Err(refusal), "{header}");
        }
    }

    #[test]
    fn the_key_is_the_text_of_the_secret() {
        let header = vec![("stripe-signature", format!("t=1735689600,v1={V1}"))];
        let verified = |secrets: &[&str]| verify(&LIST, &header, BODY, secrets);
        assert_eq!(verified(&["test_secret"]), Err(Refusal::SignatureMismatch));
        assert!(verified(&["new", "whsec_test_secret"]).is_ok());
        assert_eq!(verified(&[]), Err(Refusal::SignatureMismatch));
    }

    #[test]
    fn what_a_rule_signs_it_verifies_in_every_layout() {
        let layouts = [
            (Layout::BodyOnly { prefix: "" }, SignatureForm::Body),
            (Layout::BodyOnly { prefix: "sha256=" }, SignatureForm::Body),
            (
                Layout::TimestampHeader { prefix: "v1=", timestamp: "x-time" },
                SignatureForm::TimestampAndBody,
            ),
            (
                Layout::List {
                    timestamp: "t",
                    signature: "li",
                    several: false,
                    written: &["te", "li"],
                },
                SignatureForm::TimestampAndBody,
            ),
        ];
        let secret = Secret::new("s").unwrap();
        for (layout, form) in layouts {
            for encoding in [Encoding::Hex, Encoding::LowerHex, Encoding::Base64] {
                for unit in [TimeUnit::Seconds, TimeUnit::Milliseconds] {
                    let rule = HmacRule { header: "x-sign", layout, encoding, separator: "", unit };
                    let mut headers = rule.sign(&secret, NOW, b"{}");
                    assert_eq!(verify(&rule, &headers, b"{}", &["s"]), Ok(form), "{rule:?}");
                    let altered = verify(&rule, &headers, b"{ }", &["s"]);
                    assert_eq!(altered, Err(Refusal::SignatureMismatch), "{rule:?}");
                    if let Layout::List { .. } = layout {
                        let (_, value) = &mut headers[0];
                        *value = format!("{value},li=x");
                        let twice = verify(&rule, &headers, b"{}", &["s"]);
                        assert_eq!(twice, Err(Refusal::SignatureRepeated));
                    }
                    let stale = rule.sign(&secret, NOW - time::Duration::hours(1), b"{}");
                    let found = verify(&rule, &stale, b"{}", &["s"]);
                    let is_timed = form == SignatureForm::TimestampAndBody;
                    let expected = if is_timed { Err(Refusal::Stale) } else { Ok(form) };
                    assert_eq!(found, expected, "{rule:?}");
                }
            }
        }
    }

    #[test]
    fn without_a_separator_no_digit_moves_between_the_time_and_the_body() {
        let layout = Layout::TimestampHeader { prefix: "", timestamp: "x-time" };
        let unit = TimeUnit::Milliseconds;
        let rule = HmacRule { header: "x-sign", layout, separator: "", unit, ..LIST };
        let headers = rule.sign(&Secret::new("s").unwrap(), NOW, b"{}");
        let with = |time: &str, body: &[u8]| {
            let headers = [("x-time", time.to_owned()), headers[1].clone()];
            verify(&rule, &headers, body, &["s"])
        };
        assert!(with("1735689600000", b"{}").is_ok());
        for (time, body) in [("173568960000", &b"0{}"[..]), ("", b"1735689600000{}")] {
            assert!(with(time, body).is_err(), "{time}");
        }
        assert_eq!(with("173568960000", b"0{}"), Err(Refusal::TimestampMalformed));
        for body in [&b" {}"[..], b"[]", b"", b"\xef\xbb\xbf{}"] {
            let headers = rule.sign(&Secret::new("s").unwrap(), NOW, body);
            assert_eq!(verify(&rule, &headers, body, &["s"]), Err(Refusal::MalformedBody));
        }
    }

    /// Computed for the pages of Razorpay (<https://razorpay.com/docs/webhooks>) and Airwallex
    /// (<https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events>).
    #[test]
    fn rules_of_other_providers_verify_their_computed_examples() {
        let razorpay = HmacRule {
            header: "x-razorpay-signature",
            layout: Layout::BodyOnly { prefix: "" },
            ..LIST
        };
        let digest = "fd6292d96daaea069b2136671ba3bf81531a27b04490ff4441a2afa700017315".to_owned();
        let body = br#"{"event":"refund.processed"}"#;
        let headers = [("x-razorpay-signature", digest)];
        assert!(verify(&razorpay, &headers, body, &["0123456789abcdef"]).is_ok());

        let paymongo = |signature| HmacRule {
            header: "paymongo-signature",
            layout: Layout::List {
                timestamp: "t",
                signature,
                several: false,
                written: &["te", "li"],
            },
            ..LIST
        };
        let digest = "3512e0881ba8c2e953a6c75b14936f3876f8c5d2ec9f2b4d20c9350075163b21";
        let (body, secret) = (br#"{"data":{}}"#, Secret::new("whsk_test").unwrap());
        let at = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for (mode, header) in [
            ("te", format!("t=1700000000,te={digest},li=")),
            ("li", format!("t=1700000000,te=,li={digest}")),
        ] {
            let headers = paymongo(mode).sign(&secret, at, body);
            assert_eq!(headers, [("paymongo-signature", header)]);
            let found = verify(&paymongo(mode), &headers, body, &["whsk_test"]);
            assert_eq!(found, Err(Refusal::Stale));
            // The signature of the other mode is not there.
            let other = if mode == "te" { "li" } else { "te" };
            let found = verify(&paymongo(other), &headers, body, &["whsk_test"]);
            assert_eq!(found, Err(Refusal::SignatureMalformed));
        }
    }
}
