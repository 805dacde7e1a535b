//! Mistakes in the tables of accounts, and the tables that have them.

use super::{
    CANARY, CERTIFICATE, ELLIPTIC_KEY, EXPECTED_PROVIDERS, LEGACY_KEY, Mistake, PRIVATE_KEY_BLOCK,
    PUBLIC_KEY, SERIAL, V3_KEY, eftpay, mistake,
};

fn store(lines: &str) -> String {
    eftpay("hk-store", lines)
}

pub(super) fn envelope(lines: &str) -> String {
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

pub(super) fn key(pem: &str) -> String {
    key_of("2026", pem)
}

pub(super) fn key_of(id: &str, pem: &str) -> String {
    format!("public_keys = [{{ id = \"{id}\", pem = \"\"\"\n{pem}\"\"\" }}]")
}

/// An account of this provider with a sound public key and these lines.
fn with_key(name: &str, provider: &str, lines: &str) -> String {
    let key = key(PUBLIC_KEY);
    format!("[accounts.{name}]\nprovider = \"{provider}\"\n{key}\n{lines}\n")
}

/// The line of a sound APIv3 key.
pub(super) fn v3_keys() -> String {
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

fn adyen(key: &str, lines: &str) -> String {
    format!(
        "[accounts.shop]\nprovider = \"adyen\"\nlive = true\nhmac_keys = [\"{key}\"]\n{lines}\n"
    )
}

fn relay(lines: &str) -> String {
    nomad(&format!("mode = \"relay\"\nsecrets = [\"{CANARY}\"]\n{lines}"))
}

#[rustfmt::skip]
pub(super) fn in_accounts() -> Vec<Mistake> {
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
        mistake("alarm that is no age", with_secrets("pending_alarm = \"soon\""),
            "accounts.hk-store.pending_alarm", "expected an age such as 3d or 12h"),
        mistake("alarm that is a number", with_secrets("pending_alarm = 3"),
            "accounts.hk-store.pending_alarm", "expected an age such as 3d or 12h"),
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
pub(super) fn in_alipay_and_antom() -> Vec<Mistake> {
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
pub(super) fn in_wechatpay() -> Vec<Mistake> {
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
pub(super) fn in_nomad() -> Vec<Mistake> {
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
        mistake("HMAC key that is no hex", adyen(CANARY, ""),
            "accounts.shop.hmac_keys", "expected 64 hex digits"),
        mistake("HMAC key that is too short", adyen(&"0f".repeat(31), ""),
            "accounts.shop.hmac_keys", "expected 64 hex digits"),
        mistake("user with a colon", adyen(&"0F".repeat(32),
            &format!("basic_auth = [{{ user = \"a:b\", password = \"{CANARY}\" }}]")),
            "accounts.shop.basic_auth", "expected a user without a colon"),
        mistake("empty merchant account", adyen(&"0F".repeat(32), "merchant_accounts = [\"\"]"),
            "accounts.shop.merchant_accounts", "expected text"),
        mistake("unknown meaning of true", adyen(&"0F".repeat(32), "refund_true_is = \"failed\""),
            "accounts.shop.refund_true_is", "expected"),
        mistake("unknown key of a relay", relay(&format!("secret = \"{CANARY}\"")),
            "accounts.sh-broker.secret", "unknown key of provider nomad"),
    ]
}
