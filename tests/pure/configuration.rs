//! The configuration, tested like an interface: layers, secrets, files, and every kind of mistake.

mod deprecated;
mod mistakes;
mod nothing_panics;
mod rotations;

use std::fs;
use std::path::PathBuf;

use refund_inbox::config::{
    Configuration, ConfigurationError, Environment, Loaded, Sources, load, load_with_files,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A public key of 2048 bits, made for these tests.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtX1j7R8JZodDAOaniepe
l3oxIHX7ux1PbcAVA93F7vgdhrza4zM3TMwbWxXsvRjRJauEdFdkGjWIiYt8Iyzs
LP4sb6KeQKc5PW1sd+oQ/w06trEklTYHwy+OjhhYygqxaFXITVahAxdifQtw+CwG
JLmJyIV+5DxvtLU9XYqCq6PApOYV/j0/Qzw6zS9rxMKKdtpxprOlnTsd7UWvn96V
yBb6xQFZDAp9gO/M+axrJ2VHXc/RYFYhGtUUlceGfOl46AI/HNuiEdniQHgWcWUO
d15oevhcm5UNMTKLezSKpOUtHLaLHeLzBpZzW/QfQiA5pkNfTHhW4eW3a7l+MvKb
uQIDAQAB
-----END PUBLIC KEY-----
";

/// Stands wherever something secret stands; no message and no printed configuration may hold it.
const CANARY: &str = "canary-7f3a";

/// A directory with a configuration file in it, and an environment.
struct Place {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

impl Place {
    /// A place whose configuration file holds `text`.
    fn with(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("receiver.toml"), text).unwrap();
        Self { directory, variables: Vec::new() }
    }

    /// Adds a file beside the configuration file.
    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.directory.path().join(name), content).unwrap();
        self
    }

    /// Adds an environment variable.
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn configuration_file(&self) -> PathBuf {
        self.directory.path().join("receiver.toml")
    }

    fn sources(&self) -> Sources {
        let environment = Environment::from_pairs(self.variables.clone());
        Sources { file: Some(self.configuration_file()), environment }
    }

    fn load(&self) -> Result<Configuration, ConfigurationError> {
        load(&self.sources())
    }

    fn loaded(&self) -> Configuration {
        self.load().unwrap_or_else(|error| panic!("{error}"))
    }
}

/// An eftPay account with these lines besides its provider.
fn eftpay(name: &str, lines: &str) -> String {
    format!("[accounts.{name}]\nprovider = \"eftpay\"\n{lines}\n")
}

/// The fingerprints of an account's keys, in order.
fn key_ids(configuration: &Configuration, account: &str) -> Vec<String> {
    let account = configuration.accounts.iter().find(|one| one.name.as_str() == account).unwrap();
    account.provider.keys().into_iter().map(|key| key.key_id.to_string()).collect()
}

/// The fingerprint under which a secret is known.
fn fingerprint(secret: &str) -> String {
    refund_providers::crypto::Secret::new(secret).unwrap().fingerprint().to_string()
}

#[test]
fn the_environment_overrides_the_file_and_the_file_overrides_the_reference() {
    let reference = load(&Sources::default()).unwrap();
    assert_eq!(reference.recording.deadline_ms, 3000);
    assert_eq!(reference.recording.group_deliveries, 512);
    assert_eq!(reference.recording.queue_deliveries, 4096);
    assert!(reference.accounts.is_empty());

    let configuration = Place::with("[recording]\ndeadline_ms = 2000\ngroup_deliveries = 64\n")
        .variable("REFUND_INBOX__RECORDING__DEADLINE_MS", "1000")
        .loaded();
    assert_eq!(configuration.recording.deadline_ms, 1000, "the environment's");
    assert_eq!(configuration.recording.group_deliveries, 64, "the file's");
    assert_eq!(configuration.recording.queue_deliveries, 4096, "the reference's");
}

#[test]
fn a_list_in_a_higher_layer_replaces_the_list_below() {
    let file = eftpay("hk-store", "user_confirm_key = \"S1\"\nsecrets = [\"a\", \"b\", \"c\"]");
    let configuration = Place::with(&file)
        .variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", r#"["d"]"#)
        .loaded();
    assert_eq!(key_ids(&configuration, "hk-store"), [fingerprint("d")]);
}

#[test]
fn a_list_in_the_environment_is_a_toml_array_or_one_text() {
    let file = eftpay("hk-store", "user_confirm_key = \"S1\"");
    let cases = [
        (r#"["new", "old"]"#, vec!["new", "old"]),
        (r#" ["one"] "#, vec!["one"]),
        ("one", vec!["one"]),
        ("with spaces, commas and \"quotes\"", vec!["with spaces, commas and \"quotes\""]),
        ("12345678", vec!["12345678"]),
    ];
    for (text, secrets) in cases {
        let configuration =
            Place::with(&file).variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", text).loaded();
        let expected: Vec<String> = secrets.into_iter().map(fingerprint).collect();
        assert_eq!(key_ids(&configuration, "hk-store"), expected, "{text}");
    }
}

#[test]
fn one_text_instead_of_a_list_in_the_file_is_a_list_of_one() {
    let v3_key = "0123456789abcdef0123456789abcdef";
    let wechatpay = format!(
        "sp_mchid = \"1900000100\"\nsub_mchids = \"1900000101\"\napi_v3_keys = \"{v3_key}\"\n\
         api_v2_keys = \"abc\"\npublic_keys = [{{ id = \"1\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\" }}]\n"
    );
    let v2_alone = "mchid = \"1900000109\"\napi_v2_keys = \"abc\"\n";
    let (abc, v3) = (fingerprint("abc"), fingerprint(v3_key));
    let cases = [
        ("eftpay", "user_confirm_key = \"S1\"\nsecrets = \"abc\"\n", vec![&*abc]),
        ("paycools", "variant = \"flat\"\ncurrency = \"PHP\"\nsecrets = \"abc\"\n", vec![&abc]),
        ("nomad", "mode = \"relay\"\nsecrets = \"abc\"\n", vec![&abc]),
        ("nomad", &wechatpay, vec!["1", &v3, &abc]),
        ("wechatpay", &wechatpay, vec!["1", &v3, &abc]),
        ("wechatpay", v2_alone, vec![&abc]),
        ("nomad", v2_alone, vec![&abc]),
    ];
    for (provider, lines, keys) in cases {
        let file = format!("[accounts.a]\nprovider = \"{provider}\"\n{lines}");
        assert_eq!(key_ids(&Place::with(&file).loaded(), "a"), keys, "{provider}");
    }

    let both = eftpay("a", "user_confirm_key = \"S1\"\nsecrets = \"abc\"\nsecrets_files = \"s\"");
    let configuration = Place::with(&both).file("s", "def\n").loaded();
    assert_eq!(key_ids(&configuration, "a"), [abc, fingerprint("def")]);
}

#[test]
fn an_account_is_named_in_capitals_and_underscores_in_the_environment() {
    let secret = |name: &str| eftpay(name, "user_confirm_key = \"S1\"\nsecrets = [\"old\"]");
    let configuration = Place::with(&(secret("hk-store") + &secret("hk_store") + &secret("other")))
        .variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", r#"["new"]"#)
        .variable("REFUND_INBOX__ACCOUNTS__ONLY_HERE__PROVIDER", "eftpay")
        .variable("REFUND_INBOX__ACCOUNTS__ONLY_HERE__USER_CONFIRM_KEY", "S2")
        .variable("REFUND_INBOX__ACCOUNTS__ONLY_HERE__SECRETS", r#"["here"]"#)
        .loaded();
    assert_eq!(key_ids(&configuration, "other"), [fingerprint("old")]);
    assert_eq!(key_ids(&configuration, "only_here"), [fingerprint("here")]);
    assert_eq!(key_ids(&configuration, "hk_store"), [fingerprint("new")], "the exact name wins");
    assert_eq!(key_ids(&configuration, "hk-store"), [fingerprint("old")], "the exact name wins");

    let configuration = Place::with(&secret("hk-store"))
        .variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", r#"["new"]"#)
        .loaded();
    assert_eq!(key_ids(&configuration, "hk-store"), [fingerprint("new")]);
    assert_eq!(configuration.accounts.len(), 1);
}

#[test]
fn an_ipv6_address_in_the_environment_is_not_taken_for_a_list() {
    let configuration =
        Place::with("").variable("REFUND_INBOX__HTTP__LISTEN", "[::1]:8080").loaded();
    assert_eq!(configuration.http.listen, "[::1]:8080".parse().unwrap());
}

#[test]
fn the_environment_may_name_the_configuration_file_and_other_programs_variables_are_not_read() {
    let environment = Environment::from_pairs([
        ("REFUND_INBOX_CONFIG".to_owned(), "/etc/receiver.toml".to_owned()),
        ("REFUNDINBOX__HTTP__LISTEN".to_owned(), "nonsense".to_owned()),
        ("HTTP__LISTEN".to_owned(), "nonsense".to_owned()),
    ]);
    assert_eq!(environment.config_file(), Some(PathBuf::from("/etc/receiver.toml")));
    load(&Sources { file: None, environment }).unwrap();
}

#[test]
fn a_key_that_names_a_file_gives_its_content_relative_to_the_configuration_file() {
    let file = format!(
        "[database]\nurl_file = \"database-url\"\n{}{}",
        eftpay(
            "hk-store",
            "user_confirm_key = \"S1\"\nsecrets = [\"first\"]\n\
             secrets_files = [\"second\", \"third\", \"fourth\"]",
        ),
        "[accounts.my-main]\nprovider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"\n\
         public_keys = [{ id = \"2026\", pem_file = \"key.pem\" }]\n",
    );
    let place = Place::with(&file)
        .file("database-url", "postgres://u:p@db.internal/refunds\n")
        .file("second", "two\n")
        .file("third", "three\r\n")
        .file("fourth", " four \n\n")
        .file("key.pem", PUBLIC_KEY);
    let configuration = place.loaded();
    assert_eq!(
        configuration.database.url.as_deref(),
        Some("postgres://u:p@db.internal/refunds"),
        "without the line break"
    );
    let expected = ["first", "two", "three", " four \n"].map(fingerprint);
    assert_eq!(
        key_ids(&configuration, "hk-store"),
        expected,
        "one line break at the end does not count, everything else does"
    );
    assert_eq!(key_ids(&configuration, "my-main"), ["2026"]);
}

#[test]
fn a_file_may_be_named_by_its_whole_path_and_by_the_environment() {
    let place = Place::with(&eftpay("hk-store", "user_confirm_key = \"S1\"")).file("secret", "s\n");
    let path = place.directory.path().join("secret").display().to_string();
    let one_text = place.variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS_FILES", &path);
    assert_eq!(key_ids(&one_text.loaded(), "hk-store"), [fingerprint("s")]);

    let list = format!("[\"{path}\"]");
    let list = one_text.variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS_FILES", &list);
    assert_eq!(key_ids(&list.loaded(), "hk-store"), [fingerprint("s")]);
}

#[test]
fn a_value_or_file_in_a_higher_layer_overrides_a_value_or_file_in_a_lower_one() {
    let file = "[database]\nurl = \"postgres://below/d\"\n".to_owned()
        + &eftpay("hk-store", "user_confirm_key = \"S1\"\nsecrets_files = [\"secret\"]");
    let place = Place::with(&file).file("secret", "below").file("url", "postgres://above/d\n");
    let url_file = place.directory.path().join("url").display().to_string();
    let configuration = place
        .variable("REFUND_INBOX__DATABASE__URL_FILE", &url_file)
        .variable("REFUND_INBOX__ACCOUNTS__HK_STORE__SECRETS", "above")
        .loaded();
    assert_eq!(configuration.database.url.as_deref(), Some("postgres://above/d"));
    assert_eq!(key_ids(&configuration, "hk-store"), [fingerprint("above")]);
}

#[test]
fn an_account_may_be_called_like_a_key_that_names_a_file() {
    let account = |name| eftpay(name, "user_confirm_key = \"S1\"\nsecrets = [\"s\"]");
    let configuration = Place::with(&(account("log_file") + &account("old_files"))).loaded();
    let names: Vec<&str> =
        configuration.accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["log_file", "old_files"]);
}

#[test]
fn neither_the_printed_nor_the_debugged_configuration_holds_a_secret() {
    let file = format!(
        "[database]\n\
         url = \"postgres://{CANARY}:{CANARY}@db.internal:5432/refunds?password={CANARY}\"\n{}{}",
        eftpay("hk-store", &format!("user_confirm_key = \"S1\"\nsecrets = [\"{CANARY}\"]")),
        format_args!(
            "[accounts.ph-main]\nprovider = \"paycools\"\nvariant = \"flat\"\ncurrency = \"PHP\"\n\
             secrets = [\"{CANARY}\", \"{CANARY}-old\"]\n\
             [accounts.cn-main]\nprovider = \"wechatpay\"\nmchid = \"1900000109\"\n\
             api_v3_keys = [\"{CANARY}-0123456789abcdef0123\"]\napi_v2_keys = [\"{CANARY}\"]\n\
             public_keys = [{{ id = \"1\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\" }}]\n\
             [accounts.sh-relay]\nprovider = \"nomad\"\nmode = \"relay\"\nsecrets = [\"{CANARY}\"]\n"
        ),
    );
    let configuration = Place::with(&file).loaded();
    let printed = configuration.printable();
    for text in [printed.to_string(), format!("{configuration:?}")] {
        assert!(!text.contains(CANARY), "{text}");
        assert!(text.contains(&fingerprint(CANARY)), "{text}");
    }
    assert_eq!(printed["database"]["url"], json!("postgres://db.internal:5432/refunds"));
    assert_eq!(
        printed["accounts"]["hk-store"]["secrets"],
        json!([format!("[secret {}]", fingerprint(CANARY))])
    );
    assert_eq!(printed["accounts"]["hk-store"]["provider"], json!("eftpay"));
}

#[test]
fn the_printed_configuration_without_a_file_is_the_reference() {
    let printed = load(&Sources::default()).unwrap().printable();
    assert_eq!(printed["http"]["listen"], json!("127.0.0.1:8080"));
    assert_eq!(printed["database"]["url"], Value::Null);
    assert_eq!(printed["accounts"], json!({}));
}

#[test]
fn hazard_12_a_configuration_with_an_empty_or_missing_secret_is_refused() {
    let confirm = "user_confirm_key = \"S1\"\n";
    let flat = "[accounts.a]\nprovider = \"paycools\"\nvariant = \"flat\"\ncurrency = \"PHP\"\n";
    let envelope =
        "[accounts.a]\nprovider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"\n";
    let mut files = vec![
        eftpay("a", confirm),
        flat.to_owned(),
        envelope.to_owned(),
        format!("{envelope}public_keys = []\n"),
        "[accounts.a]\nprovider = \"alipay\"\napp_id = \"1\"\n".to_owned(),
        "[accounts.a]\nprovider = \"antom\"\nclient_id = \"1\"\n".to_owned(),
        "[accounts.a]\nprovider = \"nomad\"\n".to_owned(),
        "[accounts.a]\nprovider = \"nomad\"\nmchid = \"1\"\n".to_owned(),
        "[accounts.a]\nprovider = \"wechatpay\"\nmchid = \"1\"\n".to_owned(),
        "[accounts.a]\nprovider = \"wechatpay\"\nmchid = \"1\"\napi_v2_keys = []\n".to_owned(),
        "[accounts.a]\nprovider = \"wechatpay\"\nmchid = \"1\"\napi_v2_keys = [\"\"]\n".to_owned(),
        format!("{envelope}public_keys = [{{ id = \"1\", pem = \"\" }}]\n"),
    ];
    for secrets in [
        "secrets = []",
        "secrets = [\"\"]",
        "secrets = \"\"",
        "secrets = [\" \\t\\n\"]",
        "secrets = [\"sound\", \"\"]",
        "secrets_files = []",
        "secrets_files = [\"empty\"]",
        "secrets_files = [\"blank\"]",
        "secrets = [\"sound\"]\nsecrets_files = [\"empty\"]",
    ] {
        files.push(eftpay("a", &format!("{confirm}{secrets}")));
        files.push(format!("{flat}{secrets}\n"));
        files.push(format!("[accounts.a]\nprovider = \"nomad\"\nmode = \"relay\"\n{secrets}\n"));
    }
    for file in files {
        let place = Place::with(&file).file("empty", "").file("blank", " \n");
        let error = place.load().expect_err(&file);
        assert!(error.to_string().contains("accounts.a"), "{error}\n{file}");
    }
    for text in ["", " ", "[]", "[\"\"]"] {
        let place =
            Place::with(&eftpay("a", confirm)).variable("REFUND_INBOX__ACCOUNTS__A__SECRETS", text);
        place.load().expect_err(text);
    }
}

#[test]
fn every_file_of_a_configuration_is_known_even_if_the_configuration_is_wrong() {
    let place = Place::with(&format!(
        "[database]\nurl_file = \"url\"\n{}secrets_files = [\"one\", \"two\"]\n\
         [accounts.b]\nprovider = \"antom\"\nclient_id = \"C1\"\n\
         public_keys = [{{ id = \"1\", pem_file = \"key.pem\" }}]\n",
        eftpay("a", "user_confirm_key = \"S1\"\n")
    ))
    .file("url", "postgres://h/d")
    .file("one", "1")
    .file("two", "2")
    .file("key.pem", PUBLIC_KEY)
    .file("three", "3");
    let in_place = {
        let directory = place.directory.path().to_owned();
        move |name: &str| directory.join(name)
    };
    let three = in_place("three").display().to_string();
    let place = place
        .variable("REFUND_INBOX__ACCOUNTS__C__PROVIDER", "nomad")
        .variable("REFUND_INBOX__ACCOUNTS__C__MODE", "relay")
        .variable("REFUND_INBOX__ACCOUNTS__C__SECRETS_FILES", &three);
    let sources = place.sources();
    let Loaded { configuration, files } = load_with_files(&sources);
    assert_eq!(configuration.unwrap().accounts.len(), 3);
    for name in ["receiver.toml", "url", "one", "two", "key.pem", "three"] {
        assert_eq!(files.read_again(), files);
        let content = fs::read(in_place(name)).unwrap();
        fs::write(in_place(name), "").unwrap();
        assert_ne!(files.read_again(), files, "{name}");
        let wrong = load_with_files(&sources);
        fs::write(in_place(name), content).unwrap();
        assert_ne!(wrong.files.read_again(), wrong.files, "{name}, once it is corrected");
    }
}
