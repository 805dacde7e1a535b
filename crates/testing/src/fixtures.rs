//! Reads the cases of `tests/fixtures`: requests, and the expected result of each. The README there
//! describes the files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use data_encoding::BASE64;
use http::{HeaderMap, HeaderName, HeaderValue};
#[cfg(feature = "harness")]
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::Delivery;
use refund_providers::refund::RefundEvent;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The file of a provider's folder that describes the provider and names its accounts.
const PROVIDER_FILE: &str = "provider.json";

/// The settings that list keys or certificates. They may name one of [`PROVIDER_FILE`] by its id.
const KEY_LISTS: [&str; 5] =
    ["public_keys", "certificates", "roots", "intermediates", "pinned_certificates"];

/// One case.
#[derive(Debug, Clone, Deserialize)]
pub struct Fixture {
    /// The provider.
    #[serde(skip)]
    pub provider: String,
    /// The file's path below the repository.
    #[serde(skip)]
    pub file: String,
    /// The case's name, unique within its provider.
    #[serde(default)]
    pub name: String,
    /// The account's settings, as in its TOML table.
    pub account: Map<String, Value>,
    /// The request.
    pub request: FixtureRequest,
    /// The time of receipt.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    /// The case whose event this one reports again.
    pub redelivery_of: Option<String>,
    /// The expected result.
    pub expected: Expected,
}

/// The request of a case.
#[derive(Debug, Clone, Deserialize)]
pub struct FixtureRequest {
    /// The path and query.
    pub path: String,
    /// The headers, in order.
    pub headers: Vec<(String, String)>,
    body: Option<String>,
    body_base64: Option<String>,
}

/// The expected result of a request.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    /// The verdict.
    pub verdict: String,
    /// The reason of the verdict.
    pub reason: Option<String>,
    /// The key that verified the request.
    pub key_id: Option<String>,
    /// The reading of the provider's rule that matched.
    pub signature_form: Option<String>,
    /// The events.
    pub events: Vec<Map<String, Value>>,
    /// The answer.
    pub reply: ExpectedReply,
}

/// The expected answer, to the byte.
#[derive(Debug, Clone, Deserialize)]
pub struct ExpectedReply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// What tests need to know about a provider.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// Whether the provider documents how old a signature may be.
    pub documents_a_window: bool,
    /// The cases that show a change of keys, one for each kind of key.
    pub rotations: Vec<Rotation>,
    /// The scenarios that the provider does not have, each with the reason.
    pub absent: Map<String, Value>,
    /// The facts of members that the provider does not sign, although it signs others.
    #[serde(default)]
    pub unsigned_facts: Vec<String>,
    accounts: Map<String, Value>,
    #[serde(default)]
    public_keys: Map<String, Value>,
}

impl Facts {
    /// Returns what an event says by the members that the provider signs.
    pub fn signed_part(&self, event: &RefundEvent) -> Value {
        let mut part = serde_json::to_value(event).unwrap();
        if !self.unsigned_facts.is_empty() {
            // Flags that come with an unread field are left out with the fields.
            let others = ["payload", "unread_fields", "unread_facts", "flags"];
            let left_out = others.into_iter().chain(self.unsigned_facts.iter().map(String::as_str));
            let members = part.as_object_mut().unwrap();
            left_out.for_each(|name| drop(members.remove(name)));
        }
        part
    }

    /// Returns whether two lists of events differ at most in what the provider does not sign,
    /// although it signs other members.
    pub fn say_the_same_signed(&self, left: &[RefundEvent], right: &[RefundEvent]) -> bool {
        let part = |event| self.signed_part(event);
        !self.unsigned_facts.is_empty() && left.iter().map(part).eq(right.iter().map(part))
    }
}

/// Two cases with one account, whose list `keys` holds the new key and, behind it, the old one.
#[derive(Debug, Deserialize)]
pub struct Rotation {
    /// The case that the old key signs.
    pub old: String,
    /// The case that the new key signs.
    pub new: String,
    /// The setting with both keys.
    pub keys: String,
}

/// A file of cases.
#[derive(Deserialize)]
struct CaseFile {
    /// The members that a case takes if it does not have its own.
    #[serde(default)]
    usual: Map<String, Value>,
    /// The replies that cases expect by name.
    #[serde(default)]
    replies: Map<String, Value>,
    cases: Vec<Map<String, Value>>,
}

/// A provider's folder.
struct Folder {
    facts: Facts,
    fixtures: Vec<Fixture>,
}

/// Returns all fixtures of all providers, sorted by provider and name.
pub fn all() -> Vec<&'static Fixture> {
    folders().values().flat_map(|folder| &folder.fixtures).collect()
}

/// Returns the fixtures of one provider, sorted by name.
pub fn of_provider(provider: &str) -> &'static [Fixture] {
    &folder(provider).fixtures
}

/// Returns one fixture.
pub fn one(provider: &str, name: &str) -> &'static Fixture {
    of_provider(provider)
        .iter()
        .find(|fixture| fixture.name == name)
        .unwrap_or_else(|| panic!("no case {name} in tests/fixtures/{provider}"))
}

/// Returns what tests need to know about one provider.
pub fn facts(provider: &str) -> &'static Facts {
    &folder(provider).facts
}

fn folder(provider: &str) -> &'static Folder {
    folders().get(provider).unwrap_or_else(|| panic!("no folder tests/fixtures/{provider}"))
}

/// Returns the folders of all providers, which are read once.
fn folders() -> &'static BTreeMap<String, Folder> {
    static FOLDERS: OnceLock<BTreeMap<String, Folder>> = OnceLock::new();
    FOLDERS.get_or_init(|| {
        let providers = refund_providers::provider::registry::DEFINITIONS.iter();
        providers.map(|definition| (definition.name.to_owned(), read(definition.name))).collect()
    })
}

/// Returns the root of the repository: the folder above this crate that has the fixtures.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.join("tests/fixtures").is_dir())
        .unwrap()
}

fn read(provider: &str) -> Folder {
    let folder = format!("tests/fixtures/{provider}");
    let facts: Facts = parsed(&format!("{folder}/{PROVIDER_FILE}"));
    let mut cases = BTreeMap::new();
    for file in files_below(&repository().join(&folder)) {
        let file = file.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned();
        if file.ends_with(PROVIDER_FILE) {
            continue;
        }
        let content: CaseFile = parsed(&file);
        for case in content.cases {
            let name = case["name"].as_str().unwrap().to_owned();
            let whole = expanded(case, &content.usual, &content.replies, provider, &facts);
            if let Some((other, _)) = cases.insert(name.clone(), (file.clone(), whole)) {
                panic!("{name} is a case of {other} and of {file}");
            }
        }
    }
    let fixtures = cases
        .iter()
        .map(|(name, (file, case))| {
            let mut case = case.clone();
            case["expected"]["events"] = events(name, &cases);
            let mut fixture: Fixture = serde_json::from_value(case)
                .unwrap_or_else(|error| panic!("{file}: {name}: {error}"));
            provider.clone_into(&mut fixture.provider);
            file.clone_into(&mut fixture.file);
            fixture
        })
        .collect();
    Folder { facts, fixtures }
}

fn parsed<T: serde::de::DeserializeOwned>(file: &str) -> T {
    let text = fs::read_to_string(repository().join(file))
        .unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect()
}

/// Returns a case with the members that its file and its provider define for many cases. Its events
/// may come from another case.
fn expanded(
    mut case: Map<String, Value>,
    usual: &Map<String, Value>,
    replies: &Map<String, Value>,
    provider: &str,
    facts: &Facts,
) -> Value {
    let mut request = case.remove("request").unwrap_or_else(|| json!({}));
    let has_body = request.get("body").is_some() || request.get("body_base64").is_some();
    for (member, value) in usual {
        let part = match member.as_str() {
            "account" | "received_at" => &mut case,
            "body" if has_body => continue,
            _ => request.as_object_mut().unwrap(),
        };
        part.entry(member).or_insert_with(|| value.clone());
    }
    case.insert("request".to_owned(), request);
    let name = case.get("account").and_then(Value::as_str).unwrap_or_default();
    let account = facts.accounts.get(name).unwrap_or_else(|| {
        panic!("{provider}: {}: {PROVIDER_FILE} has no account {name:?}", case["name"])
    });
    let account = whole_account(account.clone(), provider, &facts.public_keys);
    case.insert("account".to_owned(), account);
    let reply = &mut case["expected"]["reply"];
    if let Some(name) = reply.as_str() {
        *reply = replies.get(name).unwrap_or_else(|| panic!("{provider}: no reply {name}")).clone();
    }
    Value::Object(case)
}

/// Returns the account with its provider's name, and with the text of each public key that it names
/// by id.
fn whole_account(mut account: Value, provider: &str, keys: &Map<String, Value>) -> Value {
    account["provider"] = json!(provider);
    for setting in KEY_LISTS {
        let listed = account.get_mut(setting).and_then(Value::as_array_mut);
        for key in listed.into_iter().flatten() {
            if let Some(id) = key.as_str() {
                *key = json!({ "id": id, "pem": keys[id] });
            }
        }
    }
    account
}

/// Returns the events of a case: its own, or those of the case that it redelivers.
fn events(name: &str, cases: &BTreeMap<String, (String, Value)>) -> Value {
    let (file, case) =
        cases.get(name).unwrap_or_else(|| panic!("{name} is redelivered but does not exist"));
    let expected = &case["expected"];
    let Some(first) = case.get("redelivery_of").and_then(Value::as_str) else {
        return expected.get("events").cloned().unwrap_or_else(|| json!([]));
    };
    assert!(expected.get("events").is_none(), "{file}: {name}: has the events of {first}");
    let mut events = events(first, cases);
    if let Some(payload) = expected.get("payload") {
        events[0]["payload"] = payload.clone();
    }
    events
}

impl Fixture {
    /// Returns the file and the case, for messages.
    pub fn full_name(&self) -> String {
        format!("{}: {}", self.file, self.name)
    }

    /// Returns the path of the request, and its query with the question mark.
    pub fn path_and_query(&self) -> (&str, &str) {
        let path = self.request.path.as_str();
        path.split_at(path.find('?').unwrap_or(path.len()))
    }

    /// Returns the last part of the path, which is the account's name.
    pub fn account_name(&self) -> &str {
        self.path_and_query().0.rsplit('/').next().unwrap()
    }

    #[cfg(feature = "harness")]
    /// Returns the account as the configuration gives it.
    pub fn configured(&self) -> ConfiguredAccount {
        read_account(self.account_name(), &self.account_toml())
            .unwrap_or_else(|error| panic!("{}: {error}", self.full_name()))
    }

    /// Returns the lines of the account's TOML table.
    pub fn account_toml(&self) -> String {
        self.account.iter().map(|(key, value)| format!("{key} = {}\n", toml(value))).collect()
    }

    /// Returns the request's body.
    pub fn body(&self) -> Vec<u8> {
        match (&self.request.body, &self.request.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(base64)) => BASE64.decode(base64.as_bytes()).unwrap(),
            _ => panic!("{}: exactly one of body and body_base64", self.full_name()),
        }
    }

    /// Returns the request's headers.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.request.headers {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        headers
    }

    /// Returns the delivery with these headers and this body.
    pub fn delivery<'a>(&'a self, headers: &'a HeaderMap, body: &'a [u8]) -> Delivery<'a> {
        Delivery {
            path_and_query: &self.request.path,
            headers,
            redacted: &[],
            body,
            received_at: self.received_at,
        }
    }
}

fn toml(value: &Value) -> String {
    match value {
        // TOML has the same text escapes as JSON.
        Value::String(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        Value::Object(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Null => panic!("TOML has no null"),
    }
}
