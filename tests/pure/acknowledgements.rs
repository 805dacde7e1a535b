//! The acknowledgement contract: each dialect's answer to each outcome, to the byte.
//!
//! The expected answers are literals in the `acknowledgements.json` of each provider's folder, as
//! the provider's page in `docs/providers/` has them. The registry says which dialects there are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::{Delivery, Outcome, Reply};
use refund_providers::provider::registry::DEFINITIONS;
use serde::Deserialize;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::tidy::text_of;

/// The moment of eftPay's documented examples: 11:06:45 in Hong Kong.
const AT: OffsetDateTime = datetime!(2023-06-09 03:06:45 UTC);

/// The secret of eftPay's documented examples.
const TOKEN: &str = "testsignkey1234";

/// The literal answers of one dialect: a status and a body each.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contract {
    content_type: String,
    /// The texts before and after the code by which a client may distinguish success from failure.
    /// Without them, the whole body is the code.
    code_between: Option<(String, String)>,
    acknowledge: (u16, String),
    refuse: (u16, String),
    our_fault: (u16, String),
    try_later: (u16, String),
    /// Other bodies from whose form the dialect is recognized. The default is any form.
    #[serde(default = "bodies_of_any_form")]
    other_requests: Vec<String>,
}

fn bodies_of_any_form() -> Vec<String> {
    vec![String::new(), r#"{"sign":"","param":"x"}"#.to_owned()]
}

/// One dialect with its account and its contract.
struct Dialect {
    name: &'static str,
    provider: &'static str,
    settings: String,
    account: ConfiguredAccount,
    sample_body: &'static str,
    contract: Contract,
}

/// The dialects of all providers.
static DIALECTS: LazyLock<Vec<Dialect>> = LazyLock::new(|| {
    let mut dialects = Vec::new();
    for definition in DEFINITIONS {
        let contracts = contracts(definition.name);
        for demonstration in (definition.demonstrations)(TOKEN).unwrap() {
            let name = demonstration.dialect;
            let contract = contracts.get(name).unwrap_or_else(|| {
                panic!("{}: no answers of {name}", path(definition.name));
            });
            dialects.push(Dialect {
                name,
                provider: definition.name,
                account: read_account(demonstration.account, &demonstration.settings).unwrap(),
                settings: demonstration.settings,
                sample_body: demonstration.sample_body,
                contract: contract.clone(),
            });
        }
    }
    dialects
});

fn path(provider: &str) -> String {
    format!("crates/providers/src/provider/{provider}/acknowledgements.json")
}

fn contracts(provider: &str) -> BTreeMap<String, Contract> {
    let path = path(provider);
    serde_json::from_str(&text_of(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn dialect(name: &str) -> &'static Dialect {
    DIALECTS.iter().find(|dialect| dialect.name == name).unwrap()
}

impl Dialect {
    /// Returns the literal answer to an outcome. There is no wildcard, so the author of an outcome
    /// decides here too.
    fn expected(&self, outcome: Outcome) -> Reply {
        let (status, body) = match outcome {
            Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => {
                &self.contract.acknowledge
            }
            Outcome::Undecryptable => &self.contract.our_fault,
            Outcome::Refused => &self.contract.refuse,
            Outcome::Unavailable => &self.contract.try_later,
        };
        let content_type = match self.contract.content_type.as_str() {
            "application/json" => "application/json",
            "text/plain" => "text/plain",
            "text/xml" => "text/xml",
            other => panic!("{}: {other}", self.name),
        };
        Reply { status: *status, content_type, body: body.clone() }
    }

    fn reply(&self, outcome: Outcome) -> Reply {
        reply(&self.account, self.sample_body.as_bytes(), outcome)
    }

    /// Returns the part of an answer by which a client may distinguish success from failure.
    fn code<'r>(&self, reply: &'r Reply) -> &'r str {
        let Some((before, behind)) = &self.contract.code_between else { return &reply.body };
        let rest = reply.body.split_once(before.as_str()).map(|(_, rest)| rest);
        let code = rest.and_then(|rest| rest.split_once(behind.as_str())).map(|(code, _)| code);
        code.unwrap_or_else(|| panic!("{}: no code in {}", self.name, reply.body))
    }
}

/// Returns whether the provider must not send again after this outcome. No wildcard, as above.
fn is_success(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => true,
        Outcome::Undecryptable | Outcome::Refused | Outcome::Unavailable => false,
    }
}

fn successes() -> impl Iterator<Item = Outcome> {
    Outcome::ALL.into_iter().filter(|outcome| is_success(*outcome))
}

fn failures() -> impl Iterator<Item = Outcome> {
    Outcome::ALL.into_iter().filter(|outcome| !is_success(*outcome))
}

fn reply(account: &ConfiguredAccount, body: &[u8], outcome: Outcome) -> Reply {
    let headers = HeaderMap::new();
    let delivery =
        Delivery { path_and_query: "/", headers: &headers, redacted: &[], body, received_at: AT };
    account.provider.reply(&delivery, outcome.answer())
}

#[test]
fn every_dialect_answers_every_outcome_with_exactly_these_bytes() {
    for dialect in DIALECTS.iter() {
        for outcome in Outcome::ALL {
            let name = format!("{} {}", dialect.name, outcome.as_str());
            assert_eq!(dialect.reply(outcome), dialect.expected(outcome), "{name}");
        }
    }
}

#[test]
fn every_contract_belongs_to_a_registered_dialect() {
    for definition in DEFINITIONS {
        for name in contracts(definition.name).keys() {
            let known = DIALECTS.iter().any(|dialect| {
                dialect.name == name.as_str() && dialect.provider == definition.name
            });
            assert!(known, "{}: {name} is not a dialect", path(definition.name));
        }
    }
}

#[test]
fn hazard_01_no_failure_yields_a_success_status_or_the_providers_success_body() {
    for dialect in DIALECTS.iter() {
        for outcome in failures() {
            let failure = dialect.reply(outcome);
            let name = format!("{} {}", dialect.name, outcome.as_str());
            assert!((400..600).contains(&failure.status), "{name}: {}", failure.status);
            assert!(!failure.body.to_lowercase().contains("success"), "{name}: {}", failure.body);
            for success in successes().map(|success| dialect.reply(success)) {
                assert_ne!(failure.body, success.body, "{name}");
                let codes = (dialect.code(&failure), dialect.code(&success));
                assert_ne!(codes.0, codes.1, "{name}: the code alone may decide");
            }
        }
    }
}

#[test]
fn hazard_04_every_outcome_that_ends_sending_has_the_same_answer_bytes() {
    for dialect in DIALECTS.iter() {
        let recorded = dialect.reply(Outcome::Recorded);
        assert!((200..300).contains(&recorded.status), "{}", dialect.name);
        for outcome in successes() {
            let name = format!("{} {}", dialect.name, outcome.as_str());
            assert_eq!(dialect.reply(outcome), recorded, "{name}");
        }
    }
}

#[test]
fn an_answer_reveals_nothing_about_its_delivery() {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-any"), HeaderValue::from_static("any"));
    for dialect in DIALECTS.iter() {
        let requests = dialect.contract.other_requests.iter();
        // Each request is also sent with bytes after it that are not UTF-8.
        let requests = requests.flat_map(|body| {
            let body = body.as_bytes();
            [body.to_vec(), [body, b"\xff\xfe"].concat()]
        });
        for body in requests {
            for outcome in Outcome::ALL {
                let delivery = Delivery {
                    path_and_query: "/notify/other?canary",
                    headers: &headers,
                    redacted: &[],
                    body: &body,
                    received_at: AT,
                };
                let found = dialect.account.provider.reply(&delivery, outcome.answer());
                assert_eq!(found, dialect.reply(outcome), "{}", dialect.name);
            }
        }
    }
}

#[test]
fn nomad_in_mode_wechatpay_answers_as_wechat_pay() {
    for dialect in DIALECTS.iter().filter(|dialect| dialect.provider == "wechatpay") {
        let settings = dialect.settings.replacen("wechatpay", "nomad", 1);
        let nomad = read_account("a", &settings).unwrap();
        assert_eq!(nomad.provider_name, "nomad");
        for outcome in Outcome::ALL {
            let found = reply(&nomad, dialect.sample_body.as_bytes(), outcome);
            assert_eq!(found, dialect.expected(outcome), "{} {}", dialect.name, outcome.as_str());
        }
    }
}

#[test]
fn eftpay_signs_its_answers_with_the_newest_secret() {
    let eftpay = dialect("eftpay");
    let both = format!("[\"{TOKEN}\", \"an older one that no longer signs\"]");
    let settings = eftpay.settings.replace(&format!("[\"{TOKEN}\"]"), &both);
    assert_ne!(settings, eftpay.settings);
    let rotated = read_account("a", &settings).unwrap();
    for outcome in Outcome::ALL {
        assert_eq!(reply(&rotated, b"{}", outcome), eftpay.expected(outcome));
    }
}

#[test]
fn ack_code_replaces_only_the_code_of_success() {
    for (name, code, body) in [
        ("paycools flat", 0, r#"{"code":0,"msg":"success","data":{}}"#),
        ("paycools flat", 200, r#"{"code":200,"msg":"success","data":{}}"#),
        ("paycools envelope", 0, r#"{"code":0,"message":"Success"}"#),
        ("paycools envelope", -1, r#"{"code":-1,"message":"Success"}"#),
    ] {
        let usual = dialect(name);
        let settings = format!("{}ack_code = {code}\n", usual.settings);
        let overridden = read_account("a", &settings).unwrap();
        for outcome in Outcome::ALL {
            let found = reply(&overridden, b"{}", outcome);
            if is_success(outcome) {
                assert_eq!((found.status, found.body.as_str()), (200, body));
            } else {
                assert_eq!(found, usual.expected(outcome), "{}", outcome.as_str());
            }
        }
    }
}
