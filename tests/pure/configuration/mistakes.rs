//! Every kind of mistake is one line: where it stands, which key it is, what was expected. What was
//! found is never repeated where it might be a secret in the wrong place.

use std::sync::LazyLock;

use refund_inbox::config::{Environment, Sources, load};
use refund_providers::provider::registry::DEFINITIONS;
use time::macros::datetime;

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

fn store(lines: &str) -> String {
    eftpay("hk-store", lines)
}

fn envelope(lines: &str) -> String {
    format!(
        "[accounts.my-main]\nprovider = \"paycools\"\nvariant = \"envelope\"\n\
         currency = \"MYR\"\n{lines}\n"
    )
}

fn flat(lines: &str) -> String {
    format!(
        "[accounts.ph-main]\nprovider = \"paycools\"\nvariant = \"flat\"\n\
         secrets = [\"{CANARY}\"]\n{lines}\n"
    )
}

fn key(pem: &str) -> String {
    key_of("2026", pem)
}

fn key_of(id: &str, pem: &str) -> String {
    format!("public_keys = [{{ id = \"{id}\", pem = \"\"\"\n{pem}\"\"\" }}]")
}

/// An account of this provider with a sound public key and these lines.
fn with_key(name: &str, provider: &str, lines: &str) -> String {
    let key = key(PUBLIC_KEY);
    format!("[accounts.{name}]\nprovider = \"{provider}\"\n{key}\n{lines}\n")
}

/// The line of a sound APIv3 key.
fn v3_keys() -> String {
    format!("api_v3_keys = [\"{V3_KEY}\"]")
}

fn alipay(lines: &str) -> String {
    with_key("cn-alipay", "alipay", lines)
}

fn antom(lines: &str) -> String {
    with_key("sg-antom", "antom", lines)
}

/// With a sound APIv3 key as well.
fn wechatpay(lines: &str) -> String {
    with_key("cn-main", "wechatpay", &format!("{}\n{lines}", v3_keys()))
}

/// Without any key.
fn nomad(lines: &str) -> String {
    format!("[accounts.sh-broker]\nprovider = \"nomad\"\n{lines}\n")
}

fn relay(lines: &str) -> String {
    nomad(&format!("mode = \"relay\"\nsecrets = [\"{CANARY}\"]\n{lines}"))
}

// Two lines a case; formatted by the tool it would be seven.
#[rustfmt::skip]
fn in_sections() -> Vec<Mistake> {
    vec![
        mistake("unknown key", "[http]\nlistne = \"x\"",
            "http.listne", "unknown key"),
        mistake("unknown section", "[htpt]\nlisten = \"x\"",
            "htpt", "unknown key"),
        mistake("section in capitals", "[HTTP]\nlisten = \"x\"",
            "HTTP", "unknown key"),
        mistake("key outside of a section", "listen = \"x\"",
            "listen", "unknown key"),
        mistake("key with a dot", "\"http.listen\" = \"127.0.0.1:1\"",
            "http.listen", "unknown key"),
        mistake("key with an index", "\"http[9223372036854775807]\" = 1",
            "http[9223372036854775807]", "unknown key"),
        mistake("key with a line break", "[http]\n\"li\\nsten\" = 1",
            "http.li\\nsten", "unknown key"),
        mistake("section that is no table", "http = 5",
            "http", "expected"),
        mistake("text for a number", "[quarantine]\nqueue_deliveries = \"many\"",
            "quarantine.queue_deliveries", "expected an integer"),
        mistake("negative number", "[database]\nmax_connections = -3",
            "database.max_connections", "expected an unsigned"),
        mistake("number too large", "[database]\nmax_connections = 4294967298",
            "database.max_connections", "expected an unsigned"),
        mistake("list for a number", "[http]\nmax_body_bytes = [1]",
            "http.max_body_bytes", "expected an integer"),
        mistake("fraction for a number", "[http]\nmax_body_bytes = 1000.5",
            "http.max_body_bytes", "expected text or a whole number"),
        mistake("no address", "[http]\nlisten = \"localhost\"",
            "http.listen", "address"),
        mistake("number for an address", "[http]\nlisten = 8080",
            "http.listen", "address"),
        mistake("unknown word", "[log]\nformat = \"xml\"",
            "log.format", "expected one of text, json"),
        mistake("no body bytes", "[http]\nmax_body_bytes = 0",
            "http.max_body_bytes", "expected at least 1"),
        mistake("no header time", "[http]\nheader_timeout_seconds = 0",
            "http.header_timeout_seconds", "expected at least 1"),
        mistake("no body time", "[http]\nbody_timeout_seconds = 0",
            "http.body_timeout_seconds", "expected at least 1"),
        mistake("fewer bytes in hand than in one body", "[http]\nmax_bytes_in_hand = 1000",
            "http.max_bytes_in_hand", "expected at least twice max_body_bytes"),
        mistake("no connections", "[http]\nmax_connections = 0",
            "http.max_connections", "expected at least 1"),
        mistake("no network", "[http]\ntrusted_proxies = [\"10.0.0.0/33\"]",
            "http.trusted_proxies", "expected networks such as 10.0.0.0/8"),
        mistake("a name for a network", "[http]\ntrusted_proxies = [\"localhost\"]",
            "http.trusted_proxies", "expected networks such as 10.0.0.0/8"),
        mistake("one network that is no list", "[http]\ntrusted_proxies = \"10.0.0.0/8\"",
            "http.trusted_proxies", "expected a list"),
        mistake("another header", "[http]\npeer_header = \"x-real-ip\"",
            "http.client_address_header", "expected one of x-forwarded-for, forwarded"),
        mistake("one connection", "[database]\nmax_connections = 1",
            "database.max_connections", "expected at least 2"),
        mistake("no time for a connection", "[database]\nacquire_timeout_ms = 0",
            "database.acquire_timeout_ms", "expected at least 1"),
        mistake("no time for a statement", "[database]\nstatement_timeout_ms = 0",
            "database.statement_timeout_ms", "expected at least 1"),
        mistake("empty database URL", "[database]\nurl = \" \"",
            "database.url", "expected a URL such as postgres://"),
        mistake("password without a URL", format!("[database]\nurl = \"{CANARY}\""),
            "database.url", "expected a URL such as postgres://"),
        mistake("URL of another kind", format!("[database]\nurl = \"mysql://u:{CANARY}@h/d\""),
            "database.url", "expected a URL that begins with postgres://"),
        mistake("unknown parameter", format!("[database]\nurl = \"postgres://h/d?pasword={CANARY}\""),
            "database.url", "expected no parameters but"),
        mistake("a server that takes no writes",
            format!("[database]\nurl = \"postgres://u:{CANARY}@h,i/d?target_session_attrs=standby\""),
            "database.url", "expected target_session_attrs=any, read-write or primary"),
        mistake("a host too few", format!("[database]\nurl = \"postgres://u:{CANARY}@h,/d\""),
            "database.url", "expected a host before and after each comma"),
        mistake("level that is none", "[log]\nlevel = \"loud\"",
            "log.level", "expected off, error, warn, info"),
        mistake("no queue", "[recording]\nqueue_deliveries = 0",
            "recording.queue_deliveries", "expected at least 1"),
        mistake("no queue bytes", "[recording]\nqueue_bytes = 0",
            "recording.queue_bytes", "expected room for one delivery"),
        mistake("queue for less than one body", "[recording]\nqueue_bytes = 262144",
            "recording.queue_bytes", "expected room for one delivery"),
        mistake("empty groups", "[recording]\ngroup_deliveries = 0",
            "recording.group_deliveries", "expected at least 1"),
        mistake("no deadline", "[recording]\ndeadline_ms = 0",
            "recording.deadline_ms", "expected at least 1"),
        mistake("no queue of the quarantine", "[quarantine]\nqueue_deliveries = 0",
            "quarantine.queue_deliveries", "expected at least 1"),
        mistake("one address for both",
            "[http]\nlisten = \"127.0.0.1:9\"\noperator_listen = \"127.0.0.1:9\"",
            "http.operator_listen", "other than listen"),
        mistake("a value and its file",
            format!("[database]\nurl = \"{CANARY}\"\nurl_file = \"url\""),
            "database.url_file", "expected only one of url_file and url, found both"),
        mistake("a file that is not there", "[database]\nurl_file = \"missing\"",
            "database.url_file", "cannot read"),
        mistake("number for a file", "[database]\nurl_file = 5",
            "database.url_file", "expected the path of a file"),
    ]
}

#[rustfmt::skip]
fn in_accounts() -> Vec<Mistake> {
    let confirm = "user_confirm_key = \"S1\"\n";
    let with_secrets = |secrets: &str| store(&format!("{confirm}{secrets}"));
    vec![
        mistake("accounts that are no table", "accounts = 5",
            "accounts", "expected"),
        mistake("account that is no table", "[accounts]\nhk-store = 5",
            "accounts.hk-store", "expected a table"),
        mistake("unknown key",
            store(&format!("{confirm}secrets = [\"{CANARY}\"]\nsecret = \"{CANARY}\"")),
            "accounts.hk-store.secret", "unknown key of provider eftpay"),
        mistake("key of another provider",
            store(&format!("{confirm}secrets = [\"{CANARY}\"]\ncurrency = \"HKD\"")),
            "accounts.hk-store.currency", "unknown key of provider eftpay"),
        mistake("no provider", format!("[accounts.a]\nsecrets = [\"{CANARY}\"]"),
            "accounts.a.provider", &EXPECTED_PROVIDERS),
        mistake("unknown provider", "[accounts.a]\nprovider = \"eftpai\"",
            "accounts.a.provider", &EXPECTED_PROVIDERS),
        mistake("number for a provider", "[accounts.a]\nprovider = 5",
            "accounts.a.provider", &EXPECTED_PROVIDERS),
        mistake("name in capitals", "[accounts.HK]\nprovider = \"eftpay\"",
            "accounts.HK", "expected a name of small letters"),
        mistake("name with a dot", "[accounts.\"a.b\"]\nprovider = \"eftpay\"",
            "accounts.a.b", "expected a name of small letters"),
        mistake("name with a slash", "[accounts.\"a/b\"]\nprovider = \"eftpay\"",
            "accounts.a/b", "expected a name of small letters"),
        mistake("empty name", "[accounts.\"\"]\nprovider = \"eftpay\"",
            "accounts.", "expected a name of small letters"),
        mistake("missing required key", store(&format!("secrets = [\"{CANARY}\"]")),
            "accounts.hk-store.user_confirm_key", "expected a value"),
        mistake("empty required key",
            store(&format!("user_confirm_key = \" \"\nsecrets = [\"{CANARY}\"]")),
            "accounts.hk-store.user_confirm_key", "expected text"),
        mistake("no secrets", with_secrets(""),
            "accounts.hk-store.secrets", "expected a value"),
        mistake("empty list of secrets", with_secrets("secrets = []"),
            "accounts.hk-store.secrets", "expected at least one secret"),
        mistake("empty secret", with_secrets("secrets = [\"\"]"),
            "accounts.hk-store.secrets", "must not be empty"),
        mistake("blank secret", with_secrets(&format!("secrets = [\"{CANARY}\", \" \\t\"]")),
            "accounts.hk-store.secrets", "must not be empty"),
        mistake("number instead of a list", with_secrets("secrets = 73421173"),
            "accounts.hk-store.secrets", "expected a text or a list of texts"),
        mistake("large number instead of a list",
            with_secrets("secrets = 734211730000000000000000000000"),
            "", "number too large"),
        mistake("float instead of a list", with_secrets("secrets = 73421173.5"),
            "accounts.hk-store.secrets", "expected text"),
        mistake("boolean instead of a list", with_secrets("secrets = true"),
            "accounts.hk-store.secrets", "expected a text or a list of texts"),
        mistake("blank text instead of a list", with_secrets("secrets = \" \\t\""),
            "accounts.hk-store.secrets", "must not be empty"),
        mistake("secret as number", with_secrets("secrets = [73421173]"),
            "accounts.hk-store.secrets", "text in quotes"),
        mistake("secret as large number",
            with_secrets("secrets = [734211730000000000000000000000]"),
            "", "number too large"),
        mistake("secret as float", with_secrets("secrets = [73421173.5]"),
            "accounts.hk-store.secrets", "expected text"),
        mistake("secret as boolean", with_secrets("secrets = [true]"),
            "accounts.hk-store.secrets", "text in quotes"),
        mistake("secret in a list of lists", with_secrets(&format!("secrets = [[\"{CANARY}\"]]")),
            "accounts.hk-store.secrets", "text in quotes"),
        mistake("secret in a table",
            with_secrets(&format!("secrets = [{{ value = \"{CANARY}\" }}]")),
            "accounts.hk-store.secrets", "text in quotes"),
        mistake("secrets as table", with_secrets(&format!("secrets = {{ a = \"{CANARY}\" }}")),
            "accounts.hk-store.secrets", "expected a text or a list of texts"),
        mistake("secret in another key",
            with_secrets(&format!("secrets = [\"{CANARY}\"]\nuser_confirm_key_file = [\"{CANARY}\"]")),
            "accounts.hk-store.user_confirm_key_file", "expected"),
        mistake("secrets file that is not there", with_secrets("secrets_files = [\"missing\"]"),
            "accounts.hk-store.secrets_files", "cannot read"),
        mistake("number for a file", with_secrets("secrets_files = [5]"),
            "accounts.hk-store.secrets_files", "expected the path of a file"),
        mistake("number for a list of files", with_secrets("secrets_files = 5"),
            "accounts.hk-store.secrets_files", "expected a list of paths"),
        mistake("unknown variant",
            "[accounts.a]\nprovider = \"paycools\"\nvariant = \"round\"\ncurrency = \"PHP\"\nsecrets = [\"s\"]",
            "accounts.a.variant", "expected"),
        mistake("secret as variant",
            format!("[accounts.a]\nprovider = \"paycools\"\nvariant = \"{CANARY}\"\ncurrency = \"PHP\"\nsecrets = [\"s\"]"),
            "accounts.a.variant", "expected"),
        mistake("unknown currency", flat("currency = \"PHX\""),
            "accounts.ph-main.currency", "expected an ISO 4217 code"),
        mistake("too many decimals", flat("currency = \"PHP\"\namount_exponent = 40"),
            "accounts.ph-main.amount_exponent", "expected 0 to"),
        mistake("decimals beyond a byte", flat("currency = \"PHP\"\namount_exponent = 258"),
            "accounts.ph-main.amount_exponent", "expected"),
        mistake("fraction of decimals", flat("currency = \"PHP\"\namount_exponent = 1.5"),
            "accounts.ph-main.amount_exponent", "expected text or a whole number"),
        mistake("no offset", flat("currency = \"PHP\"\nutc_offset = \"Manila\""),
            "accounts.ph-main.utc_offset", "expected an offset"),
        mistake("text as code", flat("currency = \"PHP\"\nack_code = \"one\""),
            "accounts.ph-main.ack_code", "expected an integer"),
        mistake("public keys of the flat variant",
            flat(&format!("currency = \"PHP\"\n{}", key(PUBLIC_KEY))),
            "accounts.ph-main.public_keys", "expected no public keys"),
        mistake("secrets of the envelope variant", envelope(&format!("secrets = [\"{CANARY}\"]")),
            "accounts.my-main.secrets", "expected public_keys instead"),
        mistake("no public keys", envelope(""),
            "accounts.my-main.public_keys", "expected at least one key"),
        mistake("empty list of public keys", envelope("public_keys = []"),
            "accounts.my-main.public_keys", "expected at least one key"),
        mistake("public key without id",
            envelope(&format!("public_keys = [{{ id = \"\", pem = \"{CANARY}\" }}]")),
            "accounts.my-main.public_keys", "expected an id"),
        mistake("public key without text", envelope("public_keys = [{ id = \"2026\" }]"),
            "accounts.my-main.public_keys", "expected a value"),
        mistake("public key as text", envelope(&format!("public_keys = [\"{CANARY}\"]")),
            "accounts.my-main.public_keys", "expected"),
        mistake("unknown key in a public key",
            envelope(&format!("public_keys = [{{ id = \"2026\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\", note = \"{CANARY}\" }}]")),
            "accounts.my-main.public_keys.0.note", "unknown key"),
        mistake("public key that is none", envelope(&key(CANARY)),
            "accounts.my-main.public_keys.2026", "expected a PEM public key"),
        mistake("empty public key", envelope(&key("")),
            "accounts.my-main.public_keys.2026", "expected a PEM public key"),
        mistake("broken public key", envelope(&key(&PUBLIC_KEY.replace("MIIB", "MIIA"))),
            "accounts.my-main.public_keys.2026", "expected the DER bytes of an RSA public key"),
        mistake("cut public key", envelope(&key("-----BEGIN PUBLIC KEY-----\nMIIB\n")),
            "accounts.my-main.public_keys.2026", "expected"),
        mistake("private key", envelope(&key(PRIVATE_KEY_BLOCK)),
            "accounts.my-main.public_keys.2026", "found PRIVATE KEY"),
        mistake("key on a curve", envelope(&key(ELLIPTIC_KEY)),
            "accounts.my-main.public_keys.2026", "RSA public key"),
        mistake("small key", envelope(&key(LEGACY_KEY)),
            "accounts.my-main.public_keys.2026", "expected an RSA key of 2048 to 8192 bits, found 1024"),
        mistake("id that stands twice",
            envelope(&format!("public_keys = [{{ id = \"1\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\" }}, {{ id = \"1\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\" }}]")),
            "accounts.my-main.public_keys.1", "expected unique ids, found this one twice"),
    ]
}

#[rustfmt::skip]
fn in_alipay_and_antom() -> Vec<Mistake> {
    let app = "app_id = \"2021000000000001\"\n";
    let client = "client_id = \"SANDBOX_1\"\n";
    let without_keys = |provider: &str, line: &str| {
        format!("[accounts.a]\nprovider = \"{provider}\"\n{line}")
    };
    vec![
        mistake("no app", alipay(""),
            "accounts.cn-alipay.app_id", "expected a value"),
        mistake("empty app", alipay("app_id = \"\""),
            "accounts.cn-alipay.app_id", "expected text"),
        mistake("blank app", alipay("app_id = \" \\t\""),
            "accounts.cn-alipay.app_id", "expected text"),
        mistake("empty seller", alipay(&format!("{app}seller_id = \"\"")),
            "accounts.cn-alipay.seller_id", "expected text"),
        mistake("no keys of Alipay", without_keys("alipay", app),
            "accounts.a.public_keys", "expected at least one key"),
        mistake("empty list of keys of Alipay",
            without_keys("alipay", &format!("{app}public_keys = []")),
            "accounts.a.public_keys", "expected at least one key"),
        mistake("small key of Alipay",
            without_keys("alipay", &format!("{app}{}", key(LEGACY_KEY))),
            "accounts.a.public_keys.2026", "found 1024"),
        mistake("private key for Alipay",
            without_keys("alipay", &format!("{app}{}", key(PRIVATE_KEY_BLOCK))),
            "accounts.a.public_keys.2026", "found PRIVATE KEY"),
        mistake("text for a switch of Alipay", alipay(&format!("{app}allow_sha1 = \"{CANARY}\"")),
            "accounts.cn-alipay.allow_sha1", "expected a boolean"),
        mistake("secrets of Alipay", alipay(&format!("{app}secrets = [\"{CANARY}\"]")),
            "accounts.cn-alipay.secrets", "unknown key of provider alipay"),
        mistake("no client", antom(""),
            "accounts.sg-antom.client_id", "expected a value"),
        mistake("blank client", antom("client_id = \" \""),
            "accounts.sg-antom.client_id", "expected text"),
        mistake("no keys of Antom", without_keys("antom", client),
            "accounts.a.public_keys", "expected at least one key"),
        mistake("path without a slash", antom(&format!("{client}external_path = \"notify\"")),
            "accounts.sg-antom.external_path", "expected a path that begins with /"),
        mistake("empty path", antom(&format!("{client}external_path = \"\"")),
            "accounts.sg-antom.external_path", "expected a path that begins with /"),
        mistake("URL for a path",
            antom(&format!("{client}external_path = \"https://shop.example/notify\"")),
            "accounts.sg-antom.external_path", "expected a path that begins with /"),
        mistake("path with a query",
            antom(&format!("{client}external_path = \"/notify?a={CANARY}\"")),
            "accounts.sg-antom.external_path", "no query"),
        mistake("Alipay's key of Antom", antom(&format!("{client}allow_sha1 = true")),
            "accounts.sg-antom.allow_sha1", "unknown key of provider antom"),
        mistake("Antom's key of Alipay", alipay(&format!("{app}external_path = \"/notify\"")),
            "accounts.cn-alipay.external_path", "unknown key of provider alipay"),
    ]
}

#[rustfmt::skip]
fn in_wechatpay() -> Vec<Mistake> {
    let merchant = "mchid = \"1900000109\"\n";
    let v3_keys = |list: &str| with_key("cn-main", "wechatpay", &format!("{merchant}api_v3_keys = {list}"));
    let certified = |id: &str| format!(
        "[accounts.cn-main]\nprovider = \"wechatpay\"\n{merchant}{}\n{}\n",
        self::v3_keys(), key_of(id, CERTIFICATE));
    vec![
        mistake("no APIv3 key", with_key("cn-main", "wechatpay", merchant),
            "accounts.cn-main.api_v3_keys", "expected at least one key here or in api_v2_keys"),
        mistake("empty list of APIv3 keys", v3_keys("[]"),
            "accounts.cn-main.api_v3_keys", "expected at least one key here or in api_v2_keys"),
        mistake("empty APIv3 key", v3_keys("[\"\"]"),
            "accounts.cn-main.api_v3_keys", "must not be empty"),
        mistake("short APIv3 key", v3_keys(&format!("[\"{CANARY}\"]")),
            "accounts.cn-main.api_v3_keys", "expected 32 bytes, found 11 in [secret "),
        mistake("long APIv3 key", v3_keys(&format!("\"{V3_KEY}x\"")),
            "accounts.cn-main.api_v3_keys", "expected 32 bytes, found 33 in [secret "),
        mistake("short APIv3 key behind a sound one", v3_keys(&format!("[\"{V3_KEY}\", \"{CANARY}\"]")),
            "accounts.cn-main.api_v3_keys", "expected 32 bytes, found 11 in [secret "),
        mistake("32 characters that are not 32 bytes", v3_keys(&format!("[\"{}é\"]", &V3_KEY[1..])),
            "accounts.cn-main.api_v3_keys", "expected 32 bytes, found 33 in [secret "),
        mistake("APIv3 key as number", v3_keys("[73421173]"),
            "accounts.cn-main.api_v3_keys", "text in quotes"),
        mistake("number for APIv3 keys", v3_keys("73421173"),
            "accounts.cn-main.api_v3_keys", "expected a text or a list of texts"),
        mistake("both lists of keys empty", v3_keys("[]\napi_v2_keys = []"),
            "accounts.cn-main.api_v3_keys", "expected at least one key here or in api_v2_keys"),
        mistake("public keys beside APIv2 keys alone",
            with_key("cn-main", "wechatpay", &format!("{merchant}api_v2_keys = [\"{CANARY}\"]")),
            "accounts.cn-main.api_v3_keys", "expected api_v3_keys beside them, or no public_keys"),
        mistake("APIv2 and APIv3 keys without public keys",
            format!("[accounts.cn-main]\nprovider = \"wechatpay\"\n{merchant}{}\napi_v2_keys = [\"{CANARY}\"]\n",
                self::v3_keys()),
            "accounts.cn-main.public_keys", "expected at least one key"),
        mistake("empty APIv2 key", wechatpay(&format!("{merchant}api_v2_keys = [\"{CANARY}\", \"\"]")),
            "accounts.cn-main.api_v2_keys", "must not be empty"),
        mistake("both merchants", wechatpay(&format!("{merchant}sp_mchid = \"1900000100\"")),
            "accounts.cn-main.sp_mchid", "mchid is given as well"),
        mistake("no merchant", wechatpay(""),
            "accounts.cn-main.mchid", "expected mchid or sp_mchid"),
        mistake("empty merchant", wechatpay("mchid = \"\""),
            "accounts.cn-main.mchid", "expected a number, found empty text"),
        mistake("empty service provider", wechatpay("sp_mchid = \" \""),
            "accounts.cn-main.", "expected a number, found empty text"),
        mistake("merchants of a merchant", wechatpay(&format!("{merchant}sub_mchids = [\"1900000101\"]")),
            "accounts.cn-main.sub_mchids", "expected sp_mchid beside it"),
        mistake("one merchant of a merchant", wechatpay(&format!("{merchant}sub_mchids = \"1900000101\"")),
            "accounts.cn-main.sub_mchids", "expected sp_mchid beside it"),
        mistake("merchants of nobody", wechatpay("sub_mchids = [\"1900000101\"]"),
            "accounts.cn-main.mchid", "expected mchid or sp_mchid"),
        mistake("number for merchants", wechatpay("sp_mchid = \"1900000100\"\nsub_mchids = 73421173"),
            "accounts.cn-main.sub_mchids", "expected a text or a list of texts"),
        mistake("no public keys",
            format!("[accounts.cn-main]\nprovider = \"wechatpay\"\n{merchant}{}", self::v3_keys()),
            "accounts.cn-main.public_keys", "expected at least one key"),
        mistake("certificate under another name", certified("2026"),
            "accounts.cn-main.public_keys.2026", SERIAL.trim_start_matches('0')),
        mistake("certificate under the id of a public key", certified("PUB_KEY_ID_0119000001092026"),
            "accounts.cn-main.public_keys.PUB_KEY_ID_0119000001092026", "expected the certificate's serial number"),
        mistake("certificate under another serial number", certified("5E1C09AFD3C096DE15EBE81A47057A72B0A1F2C3"),
            "accounts.cn-main.public_keys.5E1C09AFD3C096DE15EBE81A47057A72B0A1F2C3", "expected the certificate's serial number"),
        mistake("negative clock skew", wechatpay(&format!("{merchant}clock_skew_seconds = -1")),
            "accounts.cn-main.clock_skew_seconds", "expected an unsigned"),
        mistake("one APIv3 key by the singular", wechatpay(&format!("{merchant}api_v3_key = \"{V3_KEY}\"")),
            "accounts.cn-main.api_v3_key", "unknown key of provider wechatpay"),
        mistake("Nomad's key of WeChat Pay", wechatpay(&format!("{merchant}mode = \"relay\"")),
            "accounts.cn-main.mode", "unknown key of provider wechatpay"),
    ]
}

#[rustfmt::skip]
fn in_nomad() -> Vec<Mistake> {
    let merchant = "mchid = \"1900000109\"\n";
    let sound = format!("{merchant}{}\n{}\n", v3_keys(), key(PUBLIC_KEY));
    vec![
        mistake("no keys at all", nomad(""),
            "accounts.sh-broker.api_v3_keys", "expected at least one key here or in api_v2_keys"),
        mistake("a merchant and no keys", nomad(merchant),
            "accounts.sh-broker.api_v3_keys", "expected at least one key here or in api_v2_keys"),
        mistake("no public keys", nomad(&format!("{merchant}{}", v3_keys())),
            "accounts.sh-broker.public_keys", "expected at least one key"),
        mistake("no merchant", nomad(&format!("{}\n{}", v3_keys(), key(PUBLIC_KEY))),
            "accounts.sh-broker.mchid", "expected mchid or sp_mchid"),
        mistake("short APIv3 key",
            nomad(&format!("{merchant}api_v3_keys = [\"{CANARY}\"]\n{}", key(PUBLIC_KEY))),
            "accounts.sh-broker.api_v3_keys", "expected 32 bytes, found 11 in [secret "),
        mistake("both merchants", nomad(&format!("{sound}sp_mchid = \"1900000100\"")),
            "accounts.sh-broker.sp_mchid", "mchid is given as well"),
        mistake("secrets in mode wechatpay", nomad(&format!("{sound}secrets = [\"{CANARY}\"]")),
            "accounts.sh-broker.secrets", "mode wechatpay is signed by WeChat Pay"),
        mistake("secrets in mode wechatpay, by name",
            nomad(&format!("mode = \"wechatpay\"\n{sound}secrets = \"{CANARY}\"")),
            "accounts.sh-broker.secrets", "mode wechatpay is signed by WeChat Pay"),
        mistake("nothing but secrets in mode wechatpay", nomad(&format!("secrets = [\"{CANARY}\"]")),
            "accounts.sh-broker.secrets", "mode wechatpay is signed by WeChat Pay"),
        mistake("unknown mode", nomad(&format!("mode = \"alipay\"\nsecrets = [\"{CANARY}\"]")),
            "accounts.sh-broker.mode", "expected"),
        mistake("secret as mode", nomad(&format!("mode = \"{CANARY}\"")),
            "accounts.sh-broker.mode", "expected"),
        mistake("relay without secrets", nomad("mode = \"relay\""),
            "accounts.sh-broker.secrets", "expected at least one secret"),
        mistake("relay with an empty secret", nomad("mode = \"relay\"\nsecrets = [\"\"]"),
            "accounts.sh-broker.secrets", "must not be empty"),
        mistake("relay with WeChat Pay's keys only", nomad(&format!("mode = \"relay\"\n{sound}")),
            "accounts.sh-broker.secrets", "expected at least one secret"),
        mistake("relay with a public key", relay(&key(PUBLIC_KEY)),
            "accounts.sh-broker.public_keys", "mode relay is signed with a secret"),
        mistake("relay with an APIv3 key", relay(&v3_keys()),
            "accounts.sh-broker.", "mode relay is signed with a secret"),
        mistake("unknown key", nomad(&format!("{sound}merchant = \"{CANARY}\"")),
            "accounts.sh-broker.merchant", "unknown key of provider nomad"),
        mistake("unknown key of a relay", relay(&format!("secret = \"{CANARY}\"")),
            "accounts.sh-broker.secret", "unknown key of provider nomad"),
    ]
}

#[test]
fn a_mistake_in_the_file_is_one_line_that_names_file_key_and_what_was_expected() {
    let mut wrong = Vec::new();
    let mistakes =
        [in_sections(), in_accounts(), in_alipay_and_antom(), in_wechatpay(), in_nomad()];
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
fn a_file_that_is_no_toml_is_one_line_with_the_place_and_without_the_text() {
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
fn a_file_that_is_not_there_or_is_no_file_is_one_line_that_names_it() {
    let place = Place::with("");
    for path in [place.directory.path().join("missing.toml"), place.directory.path().to_owned()] {
        let error = load(&Sources { file: Some(path.clone()), ..Sources::default() }).unwrap_err();
        let expected = format!("{}: expected a configuration file: ", path.display());
        let [line] = error.lines.as_slice() else { panic!("{error:?}") };
        assert!(line.starts_with(&expected) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_in_the_file_and_in_a_file_that_it_names() {
    let place = Place::with("[log]\nlevel = \"info\"\n")
        .file("receiver.toml", b"[log]\nlevel = \"\xff\"\n");
    let line = place.load().unwrap_err().to_string();
    assert!(line.contains("receiver.toml: expected a configuration file"), "{line}");
    let account = eftpay("a", "user_confirm_key = \"S1\"\nsecrets_files = [\"binary\"]");
    let line = Place::with(&account).file("binary", b"\xff\xfe").load().unwrap_err().to_string();
    assert!(line.contains("accounts.a.secrets_files: cannot read "), "{line}");
}

#[test]
fn legacy_keys_pass_only_where_the_account_allows_them() {
    let account = envelope(&key(LEGACY_KEY)) + "allow_legacy_keys = true\n";
    let configuration = Place::with(&account).loaded();
    assert_eq!(configuration.accounts[0].provider.keys()[0].kind, "RSA-1024");
    let refused = Place::with(&account.replace("true", "false")).load().unwrap_err().to_string();
    assert!(refused.contains("accounts.my-main.public_keys.2026"), "{refused}");
}

#[test]
fn a_certificate_stands_under_its_serial_number_and_a_public_key_under_any_id() {
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
fn mistakes_of_several_accounts_and_sections_are_told_together() {
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
fn a_variable_below_another_variable_is_a_mistake_and_not_left_out() {
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
fn variables_that_kubernetes_sets_for_a_service_of_our_name_are_no_mistake() {
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
fn without_any_source_the_reference_is_sound() {
    let sources = Sources { file: None, environment: Environment::default() };
    assert!(load(&sources).is_ok());
}
