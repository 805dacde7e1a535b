//! The acknowledgement contract as literal data: what each dialect answers to each outcome, to the
//! byte, as the providers' pages (`docs/providers/`) have it.

use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::{Delivery, Outcome, Reply};
use refund_providers::provider::registry::DEFINITIONS;
use time::OffsetDateTime;
use time::macros::datetime;

/// The moment of eftPay's documented examples: 11:06:45 in Hong Kong.
const AT: OffsetDateTime = datetime!(2023-06-09 03:06:45 UTC);

/// What one dialect answers.
struct Contract {
    /// The dialect, as its demonstration calls it.
    dialect: &'static str,
    /// An account that speaks it.
    account: &'static str,
    /// A body by whose form the dialect is known, and others of that form.
    request: &'static [u8],
    other_requests: [&'static [u8]; 3],
    content_type: &'static str,
    answers: [(Outcome, u16, &'static str); 7],
}

const JSON: &str = "application/json";

/// Bodies of no form in particular.
const OTHERS: [&[u8]; 3] = [b"", b"\xff\xfe", br#"{"sign":"","param":"x"}"#];

/// A list of one public key of this id.
macro_rules! public_keys {
    ($id:literal) => {
        concat!(
            "public_keys = [{ id = \"",
            $id,
            "\", pem = \"\"\"
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtX1j7R8JZodDAOaniepe
l3oxIHX7ux1PbcAVA93F7vgdhrza4zM3TMwbWxXsvRjRJauEdFdkGjWIiYt8Iyzs
LP4sb6KeQKc5PW1sd+oQ/w06trEklTYHwy+OjhhYygqxaFXITVahAxdifQtw+CwG
JLmJyIV+5DxvtLU9XYqCq6PApOYV/j0/Qzw6zS9rxMKKdtpxprOlnTsd7UWvn96V
yBb6xQFZDAp9gO/M+axrJ2VHXc/RYFYhGtUUlceGfOl46AI/HNuiEdniQHgWcWUO
d15oevhcm5UNMTKLezSKpOUtHLaLHeLzBpZzW/QfQiA5pkNfTHhW4eW3a7l+MvKb
uQIDAQAB\"\"\" }]
"
        )
    };
}

const EFTPAY: &str = "provider = \"eftpay\"
user_confirm_key = \"S0003469\"
secrets = [\"testsignkey1234\", \"an older one that no longer signs\"]
";

const FLAT: &str = "provider = \"paycools\"
variant = \"flat\"
currency = \"PHP\"
secrets = [\"0123456789abcdef\"]
";

const ENVELOPE: &str = concat!(
    "provider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"\n",
    public_keys!("2026")
);

const ALIPAY: &str =
    concat!("provider = \"alipay\"\napp_id = \"2021000000000001\"\n", public_keys!("2026"));

const ANTOM: &str =
    concat!("provider = \"antom\"\nclient_id = \"SANDBOX_DEMO\"\n", public_keys!("1"));

const NOMAD_RELAY: &str = "provider = \"nomad\"
mode = \"relay\"
secrets = [\"0123456789abcdef\"]
";

/// The lines of a WeChat Pay account, but for the provider's.
macro_rules! wechatpay {
    () => {
        concat!(
            "mchid = \"1900000109\"
api_v3_keys = [\"0123456789abcdef0123456789abcdef\"]
api_v2_keys = [\"fedcba9876543210fedcba9876543210\"]
",
            public_keys!("PUB_KEY_ID_0119000001092026010200000000000001")
        )
    };
}

const WECHATPAY: &str = concat!("provider = \"wechatpay\"\n", wechatpay!());

const NOMAD: &str = concat!("provider = \"nomad\"\n", wechatpay!());

const EFTPAY_SUCCESS: &str = r#"{"return_code":"success","time":"20230609110645","sign":"d1690ad9b50a68d47c653e30823122723226faf558053d560d8c91d8473a0a9f"}"#;
const EFTPAY_FALSE: &str = r#"{"return_code":"false","time":"20230609110645","sign":"02e963710f2cf412e47f218387801cf69bbaec2305d96f261d1d7a65cf7daf8d"}"#;
const FLAT_SUCCESS: &str = r#"{"code":1,"msg":"success","data":{}}"#;
const ENVELOPE_SUCCESS: &str = r#"{"code":10000,"message":"Success"}"#;
const ANTOM_SUCCESS: &str =
    r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}"#;
const ANTOM_UNDECRYPTABLE: &str = r#"{"result":{"resultCode":"UNKNOWN_EXCEPTION","resultStatus":"U","resultMessage":"internal error"}}"#;
const ANTOM_REFUSED: &str = r#"{"result":{"resultCode":"INVALID_SIGNATURE","resultStatus":"F","resultMessage":"invalid signature"}}"#;
const ANTOM_UNAVAILABLE: &str = r#"{"result":{"resultCode":"UNKNOWN_EXCEPTION","resultStatus":"U","resultMessage":"temporarily unavailable"}}"#;
const WECHATPAY_SUCCESS: &str = r#"{"code":"SUCCESS","message":"成功"}"#;
const WECHATPAY_REFUSED: &str = r#"{"code":"FAIL","message":"signature verification failed"}"#;
const WECHATPAY_UNDECRYPTABLE: &str = r#"{"code":"FAIL","message":"internal error"}"#;
const WECHATPAY_UNAVAILABLE: &str = r#"{"code":"FAIL","message":"temporarily unavailable"}"#;
const V2_SUCCESS: &str = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";
const V2_REFUSED: &str = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[signature verification failed]]></return_msg></xml>";
const V2_UNDECRYPTABLE: &str = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[internal error]]></return_msg></xml>";
const V2_UNAVAILABLE: &str = "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[temporarily unavailable]]></return_msg></xml>";

const CONTRACTS: [Contract; 8] = [
    Contract {
        dialect: "eftpay",
        account: EFTPAY,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, EFTPAY_SUCCESS),
            (Outcome::Duplicate, 200, EFTPAY_SUCCESS),
            (Outcome::Ignored, 200, EFTPAY_SUCCESS),
            (Outcome::Unreadable, 200, EFTPAY_SUCCESS),
            (Outcome::Undecryptable, 500, EFTPAY_FALSE),
            (Outcome::Refused, 401, EFTPAY_FALSE),
            (Outcome::Unavailable, 503, EFTPAY_FALSE),
        ],
    },
    Contract {
        dialect: "paycools flat",
        account: FLAT,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, FLAT_SUCCESS),
            (Outcome::Duplicate, 200, FLAT_SUCCESS),
            (Outcome::Ignored, 200, FLAT_SUCCESS),
            (Outcome::Unreadable, 200, FLAT_SUCCESS),
            (Outcome::Undecryptable, 500, r#"{"code":500,"msg":"internal error","data":{}}"#),
            (Outcome::Refused, 401, r#"{"code":401,"msg":"invalid signature","data":{}}"#),
            (
                Outcome::Unavailable,
                503,
                r#"{"code":503,"msg":"temporarily unavailable","data":{}}"#,
            ),
        ],
    },
    Contract {
        dialect: "paycools envelope",
        account: ENVELOPE,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, ENVELOPE_SUCCESS),
            (Outcome::Duplicate, 200, ENVELOPE_SUCCESS),
            (Outcome::Ignored, 200, ENVELOPE_SUCCESS),
            (Outcome::Unreadable, 200, ENVELOPE_SUCCESS),
            (Outcome::Undecryptable, 500, r#"{"code":500,"message":"internal error"}"#),
            (Outcome::Refused, 401, r#"{"code":401,"message":"invalid signature"}"#),
            (Outcome::Unavailable, 503, r#"{"code":503,"message":"temporarily unavailable"}"#),
        ],
    },
    Contract {
        dialect: "alipay",
        account: ALIPAY,
        request: b"a=b",
        other_requests: OTHERS,
        content_type: "text/plain",
        answers: [
            (Outcome::Recorded, 200, "success"),
            (Outcome::Duplicate, 200, "success"),
            (Outcome::Ignored, 200, "success"),
            (Outcome::Unreadable, 200, "success"),
            (Outcome::Undecryptable, 500, "fail"),
            (Outcome::Refused, 401, "fail"),
            (Outcome::Unavailable, 503, "fail"),
        ],
    },
    Contract {
        dialect: "antom",
        account: ANTOM,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, ANTOM_SUCCESS),
            (Outcome::Duplicate, 200, ANTOM_SUCCESS),
            (Outcome::Ignored, 200, ANTOM_SUCCESS),
            (Outcome::Unreadable, 200, ANTOM_SUCCESS),
            (Outcome::Undecryptable, 500, ANTOM_UNDECRYPTABLE),
            (Outcome::Refused, 401, ANTOM_REFUSED),
            (Outcome::Unavailable, 503, ANTOM_UNAVAILABLE),
        ],
    },
    Contract {
        dialect: "nomad relay",
        account: NOMAD_RELAY,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, WECHATPAY_SUCCESS),
            (Outcome::Duplicate, 200, WECHATPAY_SUCCESS),
            (Outcome::Ignored, 200, WECHATPAY_SUCCESS),
            (Outcome::Unreadable, 200, WECHATPAY_SUCCESS),
            (Outcome::Undecryptable, 500, WECHATPAY_UNDECRYPTABLE),
            (Outcome::Refused, 401, WECHATPAY_REFUSED),
            (Outcome::Unavailable, 503, WECHATPAY_UNAVAILABLE),
        ],
    },
    Contract {
        dialect: "wechatpay v3",
        account: WECHATPAY,
        request: b"{}",
        other_requests: OTHERS,
        content_type: JSON,
        answers: [
            (Outcome::Recorded, 200, WECHATPAY_SUCCESS),
            (Outcome::Duplicate, 200, WECHATPAY_SUCCESS),
            (Outcome::Ignored, 200, WECHATPAY_SUCCESS),
            (Outcome::Unreadable, 200, WECHATPAY_SUCCESS),
            (Outcome::Undecryptable, 500, WECHATPAY_UNDECRYPTABLE),
            (Outcome::Refused, 401, WECHATPAY_REFUSED),
            (Outcome::Unavailable, 503, WECHATPAY_UNAVAILABLE),
        ],
    },
    Contract {
        dialect: "wechatpay v2",
        account: WECHATPAY,
        request: b"<xml/>",
        other_requests: [b" \r\n\t<", b"<\xff\xfe", b"<xml><return_code>FAIL</return_code></xml>"],
        content_type: "text/xml",
        answers: [
            (Outcome::Recorded, 200, V2_SUCCESS),
            (Outcome::Duplicate, 200, V2_SUCCESS),
            (Outcome::Ignored, 200, V2_SUCCESS),
            (Outcome::Unreadable, 200, V2_SUCCESS),
            (Outcome::Undecryptable, 500, V2_UNDECRYPTABLE),
            (Outcome::Refused, 401, V2_REFUSED),
            (Outcome::Unavailable, 503, V2_UNAVAILABLE),
        ],
    },
];

/// The answers after which a provider must not send again. No wildcard: whoever adds an outcome
/// decides here too.
fn is_success(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable => true,
        Outcome::Undecryptable | Outcome::Refused | Outcome::Unavailable => false,
    }
}

fn account(settings: &str) -> ConfiguredAccount {
    read_account("a", settings).unwrap()
}

fn reply(account: &ConfiguredAccount, body: &[u8], outcome: Outcome) -> Reply {
    let headers = HeaderMap::new();
    let delivery = Delivery { path_and_query: "/", headers: &headers, body, received_at: AT };
    account.reader.reply(&delivery, outcome.answer())
}

#[test]
fn every_dialect_answers_every_outcome_with_exactly_these_bytes() {
    for contract in &CONTRACTS {
        let account = account(contract.account);
        let outcomes = contract.answers.map(|(outcome, ..)| outcome);
        assert_eq!(outcomes, Outcome::ALL, "{}: every outcome stands here", contract.dialect);
        for (outcome, status, body) in contract.answers {
            let expected =
                Reply { status, content_type: contract.content_type, body: body.to_owned() };
            let found = reply(&account, contract.request, outcome);
            assert_eq!(found, expected, "{} {}", contract.dialect, outcome.as_str());
        }
    }
}

#[test]
fn every_dialect_of_every_provider_has_its_contract_here() {
    for definition in DEFINITIONS {
        for demonstration in (definition.demonstrations)("token").unwrap() {
            let dialect = demonstration.dialect;
            let contract = CONTRACTS.iter().find(|contract| contract.dialect == dialect);
            let Some(contract) = contract else {
                panic!("the answers of {dialect} are not written down in this file")
            };
            let account = account(&demonstration.settings);
            for (outcome, status, _) in contract.answers {
                let shown = reply(&account, demonstration.sample_body.as_bytes(), outcome);
                let form = (shown.status, shown.content_type);
                assert_eq!(form, (status, contract.content_type), "{dialect}: its sample body");
            }
        }
    }
}

#[test]
fn hazard_01_no_failure_yields_a_success_status_or_the_providers_success_body() {
    for contract in &CONTRACTS {
        let account = account(contract.account);
        let successes: Vec<Reply> = Outcome::ALL
            .into_iter()
            .filter(|outcome| is_success(*outcome))
            .map(|outcome| reply(&account, contract.request, outcome))
            .collect();
        for outcome in Outcome::ALL.into_iter().filter(|outcome| !is_success(*outcome)) {
            let failure = reply(&account, contract.request, outcome);
            let name = format!("{} {}", contract.dialect, outcome.as_str());
            assert!((400..600).contains(&failure.status), "{name}: {}", failure.status);
            assert!(!failure.body.to_lowercase().contains("success"), "{name}: {}", failure.body);
            for success in &successes {
                assert_ne!(failure.body, success.body, "{name}");
                assert_ne!(code(&failure), code(success), "{name}: the code alone may decide");
            }
        }
    }
}

/// That by which a client may tell success from failure.
fn code(reply: &Reply) -> String {
    let code = match reply.content_type {
        "text/plain" => Some(reply.body.clone()),
        "text/xml" => {
            let rest = reply.body.split_once("<return_code><![CDATA[").map(|(_, rest)| rest);
            rest.and_then(|rest| rest.split_once("]]></return_code>")).map(|(it, _)| it.to_owned())
        }
        _ => {
            let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            let places = ["/code", "/return_code", "/result/resultStatus"];
            places.iter().find_map(|place| body.pointer(place)).map(ToString::to_string)
        }
    };
    code.unwrap_or_else(|| panic!("no code in {}", reply.body))
}

#[test]
fn hazard_04_whatever_need_not_be_sent_again_is_answered_with_the_very_same_bytes() {
    for contract in &CONTRACTS {
        let account = account(contract.account);
        let recorded = reply(&account, contract.request, Outcome::Recorded);
        assert!((200..300).contains(&recorded.status), "{}", contract.dialect);
        for outcome in Outcome::ALL.into_iter().filter(|outcome| is_success(*outcome)) {
            let name = format!("{} {}", contract.dialect, outcome.as_str());
            assert_eq!(reply(&account, contract.request, outcome), recorded, "{name}");
        }
    }
}

#[test]
fn an_answer_tells_nothing_of_the_delivery_that_it_answers() {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("x-any"), HeaderValue::from_static("any"));
    for contract in &CONTRACTS {
        let account = account(contract.account);
        for outcome in Outcome::ALL {
            let plain = reply(&account, contract.request, outcome);
            for body in contract.other_requests {
                let delivery = Delivery {
                    path_and_query: "/notify/other?canary",
                    headers: &headers,
                    body,
                    received_at: AT,
                };
                assert_eq!(
                    account.reader.reply(&delivery, outcome.answer()),
                    plain,
                    "{}",
                    contract.dialect
                );
            }
        }
    }
}

#[test]
fn nomad_in_mode_wechatpay_answers_as_wechat_pay() {
    let account = account(NOMAD);
    for contract in CONTRACTS.iter().filter(|contract| contract.account == WECHATPAY) {
        for (outcome, status, body) in contract.answers {
            let expected =
                Reply { status, content_type: contract.content_type, body: body.to_owned() };
            let found = reply(&account, contract.request, outcome);
            assert_eq!(found, expected, "{} {}", contract.dialect, outcome.as_str());
        }
    }
}

#[test]
fn ack_code_replaces_the_code_of_success_and_of_nothing_else() {
    for (settings, code, body) in [
        (FLAT, 0, r#"{"code":0,"msg":"success","data":{}}"#),
        (FLAT, 200, r#"{"code":200,"msg":"success","data":{}}"#),
        (ENVELOPE, 0, r#"{"code":0,"message":"Success"}"#),
        (ENVELOPE, -1, r#"{"code":-1,"message":"Success"}"#),
    ] {
        let usual = account(settings);
        let overridden = account(&format!("{settings}ack_code = {code}\n"));
        for outcome in Outcome::ALL {
            let found = reply(&overridden, b"{}", outcome);
            if is_success(outcome) {
                assert_eq!((found.status, found.body.as_str()), (200, body));
            } else {
                assert_eq!(found, reply(&usual, b"{}", outcome), "{}", outcome.as_str());
            }
        }
    }
}
