//! `config/default.toml` is the reference: it contains every key, commented out or not, and nothing
//! else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use refund_inbox::config::{Configuration, REFERENCE, Sources, load, read_account};
use refund_providers::crypto::SigningKey;
use serde_json::Value;

use super::{hold, text_of};
use crate::fixture_file;

const PATH: &str = "config/default.toml";

/// The keys of the reference, each with its line.
type Keys = BTreeMap<String, usize>;

/// The example of an account `[accounts.NAME]`: its line, and its lines without comment marks.
struct Example {
    line: usize,
    name: String,
    settings: Vec<String>,
}

/// Returns the line without its comment mark if it is a key or a section, and not prose.
fn uncommented(line: &str) -> Option<&str> {
    let text = line.strip_prefix("# ").unwrap_or(line);
    let name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"_-.0123456789".contains(&byte))
    };
    let is_section =
        text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(name);
    let is_key = text.split_once(" = ").is_some_and(|(key, _)| name(key));
    (is_section || is_key).then_some(text)
}

/// Returns the keys of the sections, as `section.key`, and the examples of accounts.
fn read() -> (Keys, Vec<Example>) {
    let (mut keys, mut examples) = (Keys::new(), Vec::<Example>::new());
    let mut section = String::new();
    for (line, text) in (1..).zip(REFERENCE.lines()) {
        let Some(text) = uncommented(text) else { continue };
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            if let Some(name) = name.strip_prefix("accounts.") {
                examples.push(Example { line, name: name.to_owned(), settings: Vec::new() });
            }
        } else if section.starts_with("accounts.") {
            examples.last_mut().unwrap().settings.push(text.to_owned());
        } else {
            let key = text.split_once(" = ").unwrap().0;
            let before = keys.insert(format!("{section}.{key}"), line);
            assert_eq!(before, None, "{PATH}:{line}: {section}.{key} is there twice");
        }
    }
    (keys, examples)
}

/// Returns example settings with each ellipsis replaced by a value.
fn filled_in(example: &Example) -> String {
    let key = SigningKey::generate().unwrap().public_pem().unwrap();
    let quoted = |pem: &str| format!("\"{}\"", pem.replace('\n', "\\n"));
    let pem = quoted(&key);
    let authority = &fixture_file::one("unionpay", "succeeded_full").account["roots"][0]["pem"];
    let certificate = quoted(authority.as_str().unwrap());
    let lines = example.settings.iter().map(|line| {
        line.replace("\"-----BEGIN PUBLIC KEY-----…\"", &pem)
            .replace("\"-----BEGIN CERTIFICATE-----…\"", &certificate)
            .replace("[\"…\"]", "[\"secret\"]")
            + "\n"
    });
    lines.collect()
}

fn keys_of(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn without_sources() -> Configuration {
    load(&Sources::default()).unwrap()
}

#[test]
fn the_embedded_reference_is_the_file() {
    assert_eq!(REFERENCE, text_of(PATH), "{PATH}:1: build again");
}

#[test]
fn the_reference_has_every_key_of_every_section_and_no_other() {
    let (found, _) = read();
    let printable = without_sources().printable();
    let expected: BTreeSet<String> = keys_of(&printable)
        .into_iter()
        .filter(|section| section != "accounts")
        .flat_map(|section| {
            keys_of(&printable[&section]).into_iter().map(move |key| format!("{section}.{key}"))
        })
        .collect();
    assert!(expected.len() > 20, "{expected:?}");
    let missing = expected
        .iter()
        .filter(|key| !found.contains_key(*key))
        .map(|key| format!("{PATH}:1: {key} is missing"));
    let unknown = found
        .iter()
        .filter(|(key, _)| !expected.contains(*key))
        .map(|(key, line)| format!("{PATH}:{line}: {key} is not a key"));
    hold("the reference shows every key of every section", missing.chain(unknown));
}

#[test]
fn every_commented_key_of_a_section_is_valid_as_written() {
    let whole: Vec<&str> = REFERENCE
        .lines()
        .map_while(|line| (!line.starts_with("# Accounts.")).then_some(line))
        .map(|line| uncommented(line).unwrap_or(line))
        .collect();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("receiver.toml");
    fs::write(&file, whole.join("\n")).unwrap();
    let configuration = load(&Sources { file: Some(file), ..Sources::default() });
    let configuration = configuration.unwrap_or_else(|error| panic!("{PATH}:1: {error}"));
    assert!(configuration.database.url.is_some(), "{PATH}:1: the examples were not read");
    assert!(configuration.embedded.programs.is_some(), "{PATH}:1: the examples were not read");
}

#[test]
fn every_example_of_an_account_is_valid_as_written() {
    let (_, examples) = read();
    assert!(examples.len() >= 3, "{PATH}:1: the examples were not found");
    let breaches = examples.iter().filter_map(|example| {
        let error = read_account(&example.name, &filled_in(example)).err()?;
        Some(format!("{PATH}:{}: {error}", example.line))
    });
    hold("an example of an account is a valid account", breaches);
}

#[test]
fn the_reference_has_every_key_of_every_account_and_no_other() {
    let (_, examples) = read();
    let mut found: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for example in &examples {
        let account = read_account(&example.name, &filled_in(example))
            .unwrap_or_else(|error| panic!("{PATH}:{}: {error}", example.line));
        let provider = account.provider_name.to_owned();
        let (_, keys) = found.entry(provider.clone()).or_insert((example.line, BTreeSet::new()));
        keys.extend(
            example.settings.iter().map(|line| line.split_once(" = ").unwrap().0.to_owned()),
        );
        let expected = expected.entry(provider).or_default();
        expected.insert("provider".to_owned());
        expected.extend(keys_of(&account.settings.printable()));
    }
    let mut breaches = Vec::new();
    for (provider, expected) in &expected {
        let (line, found) = &found[provider];
        let missing =
            expected.difference(found).map(|key| format!("{key} of {provider} is missing"));
        let unknown =
            found.difference(expected).map(|key| format!("{key} is not a key of {provider}"));
        breaches.extend(missing.chain(unknown).map(|what| format!("{PATH}:{line}: {what}")));
    }
    hold("the reference shows every key of every provider's accounts", breaches);
}

#[test]
fn every_key_has_a_comment_above_it() {
    let mut breaches = Vec::new();
    let mut explained = false;
    for (line, text) in (1..).zip(REFERENCE.lines()) {
        let prose = text.starts_with("# ") && uncommented(text).is_none();
        // Keys that belong together share a comment.
        explained = prose || (explained && !text.is_empty() && !text.starts_with('['));
        if uncommented(text) == Some(text) && !text.starts_with('[') && !explained {
            breaches.push(format!("{PATH}:{line}: {text}"));
        }
    }
    hold("each key of the reference is explained", breaches);
}
