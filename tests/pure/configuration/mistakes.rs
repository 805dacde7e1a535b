//! Every kind of mistake is one line: where it stands, which key it is, what was expected. What was
//! found is never repeated where it might be a secret in the wrong place.

mod accounts;
mod paypal;
mod qfpay;
mod sections;
mod unionpay;
mod webhooks;

use std::sync::LazyLock;

use refund_inbox::config::{Environment, Sources, load};
use refund_providers::provider::registry::DEFINITIONS;
use time::macros::datetime;

use self::accounts::{
    envelope, in_accounts, in_alipay_and_antom, in_nomad, in_wechatpay, key, key_of, v3_keys,
};
use self::paypal::in_paypal;
use self::qfpay::in_qfpay;
use self::sections::in_sections;
use self::unionpay::in_unionpay;
use self::webhooks::in_webhooks;
use super::{CANARY, PUBLIC_KEY, Place, eftpay};

/// A private key of 1024 bits as a careless operator might paste it; made for these tests.
const PRIVATE_KEY_BLOCK: &str = "-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAw0p9Q3aQ2Yb4nq6c
-----END PRIVATE KEY-----
";

const LEGACY_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDPT0PJzF8OTiNHG/bccBdA0VII
gtwPNpfWf82+hyEx2nx+XcCFusMpXoeYzxaN05gKLbCZtQWEp5CUj+MPZsdhHgmb
y+HDj4TBtaigspLwmccBgws81AVUuv2HMRZgPMNL2ZEwUrwLDUfghGCmbp6nEx4E
Nj7k/X/Ht5sJZgO9MwIDAQAB
-----END PUBLIC KEY-----
";

const ELLIPTIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjJU148HLjAcSJTAai329NWbiCyOp
QuC/dYo2gJoAOTXX+/PKNWnU1Ie7EnFXymdgIPG7aXnvLyv0O0MIrB8HJA==
-----END PUBLIC KEY-----
";

/// A platform certificate of the fixtures, and its serial number.
const CERTIFICATE: &str =
    include_str!("../../fixtures/generate/keys/wechatpay_new_certificate.pem");
const SERIAL: &str = "0B2D9C41E7AA06F3159B3DD2C8E64F70A1B9C5E8";

/// As many bytes as an APIv3 key has.
const V3_KEY: &str = "canary-7f3a-canary-7f3a-canary-7";

/// The message about an unknown provider.
static EXPECTED_PROVIDERS: LazyLock<String> = LazyLock::new(|| {
    let known: Vec<&str> = DEFINITIONS.iter().map(|definition| definition.name).collect();
    format!("expected one of {}, found", known.join(", "))
});

/// A mistake in the configuration file, and what its one line must hold besides the file's name.
struct Mistake {
    what: &'static str,
    file: String,
    key: &'static str,
    expected: &'static str,
}

fn mistake(
    what: &'static str,
    file: impl Into<String>,
    key: &'static str,
    expected: &'static str,
) -> Mistake {
    Mistake { what, file: file.into(), key, expected }
}

#[test]
fn a_mistake_in_the_file_is_one_line_that_names_file_key_and_what_was_expected() {
    let mut wrong = Vec::new();
    let mistakes = [
        in_sections(),
        in_accounts(),
        in_alipay_and_antom(),
        in_wechatpay(),
        in_nomad(),
        in_webhooks(),
        in_paypal(),
        in_qfpay(),
        in_unionpay(),
    ];
    for Mistake { what, file, key, expected } in mistakes.into_iter().flatten() {
        let found = match Place::with(&file).file("url", CANARY).load() {
            Ok(_) => "it was accepted".to_owned(),
            Err(error) => {
                let line = error.to_string();
                let sound = error.lines.len() == 1
                    && line.lines().count() == 1
                    && line.contains("receiver.toml: ")
                    && line.contains(&format!(": {key}"))
                    && line.contains(expected)
                    && ![
                        CANARY,
                        "73421173",
                        "7342-11-07",
                        "734211730000000000000000000000",
                        "MIIBVAIBADAN",
                    ]
                    .iter()
                    .any(|secret| line.contains(secret));
                if sound {
                    continue;
                }
                line
            }
        };
        wrong.push(format!("{what}: expected {key:?} and {expected:?}\n  found {found}"));
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_mistake_in_the_environment_is_one_line_that_names_the_variable_and_what_was_expected() {
    let cases = [
        ("REFUND_INBOX_HTTP__LISTEN", "127.0.0.1:1", "expected REFUND_INBOX__SECTION__KEY"),
        ("REFUND_INBOX__HTTP", "x", "expected REFUND_INBOX__SECTION__KEY"),
        ("REFUND_INBOX__HTTP__", "x", "expected REFUND_INBOX__SECTION__KEY"),
        ("REFUND_INBOX____LISTEN", "x", "expected REFUND_INBOX__SECTION__KEY"),
        ("REFUND_INBOX__HTTP__LISTNE", "127.0.0.1:1", "http.listne: unknown key"),
        ("REFUND_INBOX__HTPT__LISTEN", "127.0.0.1:1", "htpt"),
        ("REFUND_INBOX__HTTP_LISTEN", "127.0.0.1:1", "expected REFUND_INBOX__SECTION__KEY"),
        ("REFUND_INBOX__HTTP__LISTEN__PORT", "1", "http.listen"),
        ("REFUND_INBOX__HTTP__LISTEN", CANARY, "http.listen"),
        ("REFUND_INBOX__HTTP__MAX_BODY_BYTES", CANARY, "expected an integer"),
        ("REFUND_INBOX__HTTP[9]__LISTEN", "127.0.0.1:1", "http[9]: unknown key"),
        ("REFUND_INBOX__DATABASE__URL", " ", "expected a URL such as postgres://"),
        ("REFUND_INBOX__DATABASE__URL_FILE", "/no/such/file", "cannot read"),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", "", "must not be empty"),
        (
            "REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS",
            "[\"canary-7f3a\"",
            "expected text or a TOML array",
        ),
        (
            "REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS",
            "[canary-7f3a]",
            "expected text or a TOML array",
        ),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", "[]", "expected at least one secret"),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", "[73421173]", "text in quotes"),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRET", CANARY, "unknown key of provider eftpay"),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE", CANARY, "accounts.hk-store: expected a table"),
        ("REFUND_INBOX__ACCOUNTS__HK_STORE__PROVIDER", "eftpai", "expected one of"),
        (
            "REFUND_INBOX__ACCOUNTS__HK_STROE__SECRETS",
            CANARY,
            "accounts.hk_stroe.provider: expected one of",
        ),
        ("REFUND_INBOX__ACCOUNTS__SECRETS", CANARY, "accounts.secrets: expected a table"),
    ];
    let file = eftpay("hk-store", "user_confirm_key = \"S1\"\nsecrets = [\"s\"]");
    let mut wrong = Vec::new();
    for (name, value, expected) in cases {
        let found = match Place::with(&file).variable(name, value).load() {
            Ok(_) => "it was accepted".to_owned(),
            Err(error) => {
                let line = error.to_string();
                let sound = error.lines.len() == 1
                    && line.lines().count() == 1
                    && line.contains(&format!("{name}: "))
                    && line.contains(expected)
                    && !line.contains(CANARY)
                    && !line.contains("73421173");
                if sound {
                    continue;
                }
                line
            }
        };
        wrong.push(format!("{name}={value}: expected {expected:?}\n  found {found}"));
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_that_is_not_toml_is_reported_in_one_line_with_the_position_and_without_the_text() {
    for text in [
        format!("[accounts.a]\nsecrets = [\"{CANARY}\"\nprovider = \"eftpay\"\n"),
        format!("[accounts.a]\nsecrets = \"{CANARY}\n"),
        format!("[accounts.a]\nsecrets = {CANARY}\n"),
        format!("{CANARY}\n"),
        format!("secrets = \"{CANARY}\"\nsecrets = \"{CANARY}\"\n"),
    ] {
        let error = Place::with(&text).load().unwrap_err();
        let line = error.to_string();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains("receiver.toml: ") && line.contains("at line "), "{line}");
        assert!(!line.contains(CANARY), "{line}");
    }
}

#[test]
fn a_missing_file_and_a_directory_are_reported_in_one_line_that_names_the_path() {
    let place = Place::with("");
    for path in [place.directory.path().join("missing.toml"), place.directory.path().to_owned()] {
        let error = load(&Sources { file: Some(path.clone()), ..Sources::default() }).unwrap_err();
        let expected = format!("{}: expected a configuration file: ", path.display());
        let [line] = error.lines.as_slice() else { panic!("{error:?}") };
        assert!(line.starts_with(&expected) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn bytes_that_are_not_text_are_refused_in_the_file_and_in_a_file_that_it_names() {
    let place = Place::with("[log]\nlevel = \"info\"\n")
        .file("receiver.toml", b"[log]\nlevel = \"\xff\"\n");
    let line = place.load().unwrap_err().to_string();
    assert!(line.contains("receiver.toml: expected a configuration file"), "{line}");
    let account = eftpay("a", "user_confirm_key = \"S1\"\nsecrets_files = [\"binary\"]");
    let line = Place::with(&account).file("binary", b"\xff\xfe").load().unwrap_err().to_string();
    assert!(line.contains("accounts.a.secrets_files: cannot read "), "{line}");
}

#[test]
fn legacy_keys_are_accepted_only_if_the_account_allows_them() {
    let account = envelope(&key(LEGACY_KEY)) + "allow_legacy_keys = true\n";
    let configuration = Place::with(&account).loaded();
    assert_eq!(configuration.accounts[0].provider.keys()[0].kind, "RSA-1024");
    let refused = Place::with(&account.replace("true", "false")).load().unwrap_err().to_string();
    assert!(refused.contains("accounts.my-main.public_keys.2026"), "{refused}");
}

#[test]
fn a_certificate_has_its_serial_number_as_id_and_a_public_key_any_id() {
    let account = |id: &str, pem: &str| {
        let keys = key_of(id, pem);
        let v3_keys = v3_keys();
        format!("[accounts.cn-main]\nprovider = \"wechatpay\"\nmchid = \"1\"\n{v3_keys}\n{keys}\n")
    };
    for id in [SERIAL, SERIAL.to_lowercase().as_str()] {
        let configuration = Place::with(&account(id, CERTIFICATE)).loaded();
        let key = configuration.accounts[0].provider.keys().remove(0);
        assert_eq!(key.key_id.as_str(), id);
        assert_eq!(key.expires_at, Some(datetime!(2045-01-01 00:00:00 UTC)));
    }
    for id in ["PUB_KEY_ID_0119000001092026", "0B2D", "mine"] {
        let configuration = Place::with(&account(id, PUBLIC_KEY)).loaded();
        let key = configuration.accounts[0].provider.keys().remove(0);
        assert_eq!((key.key_id.as_str(), key.expires_at), (id, None));
    }
}

#[test]
fn mistakes_of_several_accounts_and_sections_are_reported_together() {
    let file = eftpay("a", "secrets = [\"s\"]")
        + &eftpay("b", "user_confirm_key = \"S1\"\nsecrets = [\"\"]")
        + &eftpay("c", "user_confirm_key = \"S1\"\nsecrets = [\"s\"]")
        + "[http]\nmax_body_bytes = 0\n[log]\ncolour = true\n";
    let lines = Place::with(&file).load().unwrap_err().lines;
    assert_eq!(lines.len(), 4, "{lines:#?}");
    for (key, message) in [
        ("accounts.a.user_confirm_key", "expected a value"),
        ("accounts.b.secrets", "must not be empty"),
        ("http.max_body_bytes", "expected at least 1"),
        ("log.colour", "unknown key"),
    ] {
        assert!(
            lines.iter().any(|line| line.contains(key) && line.contains(message)),
            "{lines:#?}"
        );
    }
}

#[test]
fn a_variable_below_another_variable_is_a_mistake_and_is_not_ignored() {
    let line = Place::with("")
        .variable("REFUND_INBOX__HTTP__LISTEN", "127.0.0.1:1")
        .variable("REFUND_INBOX__HTTP__LISTEN__PORT", "2")
        .load()
        .unwrap_err()
        .to_string();
    assert!(
        line.contains("REFUND_INBOX__HTTP__LISTEN__PORT: expected one variable for each key"),
        "{line}"
    );
}

#[test]
fn variables_that_kubernetes_sets_for_a_service_of_our_name_are_ignored() {
    let place = Place::with("");
    let place = [
        ("REFUND_INBOX_SERVICE_HOST", "10.0.0.1"),
        ("REFUND_INBOX_SERVICE_PORT", "8080"),
        ("REFUND_INBOX_SERVICE_PORT_HTTP", "8080"),
        ("REFUND_INBOX_PORT", "tcp://10.0.0.1:8080"),
        ("REFUND_INBOX_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("REFUND_INBOX_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("REFUND_INBOX_OPERATOR_SERVICE_HOST", "10.0.0.2"),
        ("REFUND_INBOX_OPERATOR_PORT_8081_TCP_PROTO", "tcp"),
    ]
    .into_iter()
    .fold(place, |place, (name, value)| place.variable(name, value));
    place.loaded();
}

#[test]
fn the_reference_alone_is_a_valid_configuration() {
    let sources = Sources { file: None, environment: Environment::default() };
    assert!(load(&sources).is_ok());
}
