//! Deprecated settings: each old key still works and is reported once, with its origin and its new
//! key. It is an error to set both keys, and keys that never existed stay unknown.

use refund_inbox::config::{ClientAddressHeader, Configuration, DeprecatedSetting};
use serde_json::{Value, json};

use super::Place;

/// A renamed setting: its section, old key, new path and a value other than the default.
struct Renamed {
    section: &'static str,
    key: &'static str,
    new_key: &'static str,
    value: &'static str,
}

impl Renamed {
    fn old_key(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// The lines of a configuration file that set the old key.
    fn lines(&self) -> String {
        format!("[{}]\n{} = {}\n", self.section, self.key, self.value)
    }

    /// The variable that sets the key at `path`.
    fn variable(path: &str) -> String {
        format!("REFUND_INBOX__{}", path.replace('.', "__").to_uppercase())
    }

    /// The value as a variable has it, without quotes.
    fn text(&self) -> &str {
        self.value.trim_matches('"')
    }

    /// Fails unless `configuration` has the value under the new key, and reports the old key once.
    fn assert_works(&self, configuration: &Configuration, origin: &str) {
        let expected = DeprecatedSetting {
            origin: origin.to_owned(),
            key: self.old_key(),
            new_key: Some(self.new_key.to_owned()),
        };
        assert_eq!(configuration.deprecated, [expected]);
        let printed = configuration.printable();
        let value = self.new_key.split('.').fold(&printed, |table, key| &table[key]);
        let expected: Value = serde_json::from_str(self.value).unwrap();
        assert_eq!(value, &expected, "{}", self.new_key);
        assert_eq!(printed.get("pen"), None, "the printed configuration has new keys only");
        assert_eq!(printed["http"].get("peer_header"), None);
    }
}

fn renamed() -> [Renamed; 5] {
    let setting = |section, key, new_key, value| Renamed { section, key, new_key, value };
    [
        setting("http", "peer_header", "http.client_address_header", "\"forwarded\""),
        setting("pen", "deliveries_per_account", "quarantine.deliveries_per_account", "7"),
        setting("pen", "bytes_per_account", "quarantine.bytes_per_account", "70000"),
        setting("pen", "queue_deliveries", "quarantine.queue_deliveries", "9"),
        setting("pen", "queue_bytes", "quarantine.queue_bytes", "90000"),
    ]
}

#[test]
fn an_old_key_in_the_file_works_and_is_reported_with_its_new_key() {
    for setting in renamed() {
        let place = Place::with(&setting.lines());
        let origin = place.configuration_file().display().to_string();
        setting.assert_works(&place.loaded(), &origin);
    }
}

#[test]
fn an_old_key_in_the_environment_works_and_is_reported_with_its_new_key() {
    for setting in renamed() {
        let variable = Renamed::variable(&setting.old_key());
        let place = Place::with("").variable(&variable, setting.text());
        setting.assert_works(&place.loaded(), &format!("environment variable {variable}"));
    }
}

#[test]
fn an_old_key_in_the_environment_overrides_the_same_old_key_in_the_file() {
    for setting in renamed() {
        let variable = Renamed::variable(&setting.old_key());
        let other = if setting.section == "pen" { "5" } else { "\"x-forwarded-for\"" };
        let file = format!("[{}]\n{} = {other}\n", setting.section, setting.key);
        let place = Place::with(&file).variable(&variable, setting.text());
        setting.assert_works(&place.loaded(), &format!("environment variable {variable}"));
    }
}

#[test]
fn a_warning_names_the_origin_the_old_key_and_the_new_key() {
    let place = Place::with("[pen]\nqueue_bytes = 90000\n[recording]\nrecorders = 4\n");
    let file = place.configuration_file();
    let warnings: Vec<String> = place.loaded().deprecated.iter().map(ToString::to_string).collect();
    let expected = [
        format!("{}: pen.queue_bytes is deprecated: use quarantine.queue_bytes", file.display()),
        format!("{}: recording.recorders no longer has an effect: remove it", file.display()),
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn both_keys_of_a_setting_are_an_error_that_names_both() {
    for setting in renamed() {
        let (section, key) = setting.new_key.split_once('.').unwrap();
        let new = format!("{key} = {}\n", setting.value);
        let file = match section == setting.section {
            true => setting.lines() + &new,
            false => setting.lines() + &format!("[{section}]\n{new}"),
        };
        let both_in_file = Place::with(&file);
        let new_in_environment = Place::with(&setting.lines())
            .variable(&Renamed::variable(setting.new_key), setting.text());
        for place in [both_in_file, new_in_environment] {
            let error = place.load().unwrap_err();
            let expected = format!(
                "{}: {old}: expected only one of {old} and {}, found both",
                place.configuration_file().display(),
                setting.new_key,
                old = setting.old_key(),
            );
            assert_eq!(error.lines, [expected]);
        }
    }
}

#[test]
fn recorders_is_accepted_with_any_value_and_reported_as_without_effect() {
    for value in ["1", "4", "0", "-3", "\"many\"", "true", "[1, 2]", "{ a = 1 }"] {
        let place = Place::with(&format!("[recording]\nrecorders = {value}\n"));
        let expected = DeprecatedSetting {
            origin: place.configuration_file().display().to_string(),
            key: "recording.recorders".to_owned(),
            new_key: None,
        };
        assert_eq!(place.loaded().deprecated, [expected], "{value}");
    }
    const VARIABLE: &str = "REFUND_INBOX__RECORDING__RECORDERS";
    let configuration = Place::with("").variable(VARIABLE, "anything").loaded();
    let expected = DeprecatedSetting {
        origin: format!("environment variable {VARIABLE}"),
        key: "recording.recorders".to_owned(),
        new_key: None,
    };
    assert_eq!(configuration.deprecated, [expected]);
    assert_eq!(configuration.printable()["recording"].get("recorders"), None);
}

#[test]
fn a_value_of_an_old_key_is_validated_like_that_of_the_new_key() {
    for (lines, expected) in [
        ("[pen]\nqueue_deliveries = 0\n", "quarantine.queue_deliveries: expected at least 1"),
        ("[pen]\nqueue_bytes = \"many\"\n", "quarantine.queue_bytes: expected an integer"),
        ("[http]\npeer_header = \"x-real-ip\"\n", "http.client_address_header: expected one of"),
    ] {
        let error = Place::with(lines).load().unwrap_err();
        assert_eq!(error.lines.len(), 1, "{error}");
        assert!(error.lines[0].contains(expected), "{error}");
    }
}

#[test]
fn an_unknown_key_in_a_deprecated_section_is_still_an_error() {
    for lines in ["[pen]\nbytes = 5\n", "[pen]\nqueue_bytes = 90000\nbytes = 5\n"] {
        let place = Place::with(lines);
        let error = place.load().unwrap_err();
        assert_eq!(error.lines.len(), 1, "{error}");
        assert!(error.lines[0].contains(": pen"), "{error}");
        assert!(error.lines[0].ends_with(": unknown key"), "{error}");
    }
    let error = Place::with("pen = 5\n").load().unwrap_err();
    assert!(error.lines[0].ends_with("pen: unknown key"), "{error}");
}

#[test]
fn new_keys_are_not_reported() {
    let configuration = Place::with(
        "[http]\nclient_address_header = \"forwarded\"\n[quarantine]\nqueue_bytes = 90000\n",
    )
    .loaded();
    assert_eq!(configuration.deprecated, []);
    assert_eq!(configuration.http.client_address_header, ClientAddressHeader::Forwarded);
    assert_eq!(configuration.printable()["quarantine"]["queue_bytes"], json!(90000));
}
