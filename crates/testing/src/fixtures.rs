//! A file of `tests/fixtures`: a request and what must become of it.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::Delivery;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

/// One fixture.
#[derive(Debug, Deserialize)]
pub struct Fixture {
    #[serde(skip)]
    pub provider: String,
    #[serde(skip)]
    pub name: String,
    pub account: serde_json::Map<String, Value>,
    pub request: FixtureRequest,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    pub redelivery_of: Option<String>,
    pub expected: Expected,
}

#[derive(Debug, Deserialize)]
pub struct FixtureRequest {
    pub path: String,
    pub headers: Vec<(String, String)>,
    body: Option<String>,
    body_base64: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Expected {
    pub verdict: String,
    pub reason: Option<String>,
    pub key_id: Option<String>,
    pub signature_form: Option<String>,
    pub events: Vec<serde_json::Map<String, Value>>,
    pub reply: ExpectedReply,
}

#[derive(Debug, Deserialize)]
pub struct ExpectedReply {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// The folder of fixtures of one provider.
pub fn folder(provider: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(provider)
}

/// All fixtures of all providers, by name.
pub fn all() -> Vec<Fixture> {
    let providers = refund_providers::provider::registry::DEFINITIONS;
    let mut fixtures: Vec<Fixture> =
        providers.iter().flat_map(|definition| of_provider(definition.name)).collect();
    fixtures.sort_by_key(Fixture::full_name);
    fixtures
}

/// The fixtures of one provider.
pub fn of_provider(provider: &str) -> Vec<Fixture> {
    let files = fs::read_dir(folder(provider)).unwrap();
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name != "absent.json"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let mut fixture: Fixture = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            provider.clone_into(&mut fixture.provider);
            fixture.name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            fixture
        })
        .collect()
}

/// One fixture.
pub fn one(provider: &str, name: &str) -> Fixture {
    of_provider(provider)
        .into_iter()
        .find(|fixture| fixture.name == name)
        .unwrap_or_else(|| panic!("no fixture {provider}/{name}"))
}

impl Fixture {
    /// `provider/name`, for messages.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.provider, self.name)
    }

    /// The path that was called, and the query with its question mark.
    pub fn path_and_query(&self) -> (&str, &str) {
        let path = self.request.path.as_str();
        path.split_at(path.find('?').unwrap_or(path.len()))
    }

    /// The last part of the path: the account's name.
    pub fn account_name(&self) -> &str {
        self.path_and_query().0.rsplit('/').next().unwrap()
    }

    /// The account as the configuration would give it.
    pub fn configured(&self) -> ConfiguredAccount {
        read_account(self.account_name(), &self.account_toml())
            .unwrap_or_else(|error| panic!("{}: {error}", self.full_name()))
    }

    /// The lines of the account's TOML table.
    pub fn account_toml(&self) -> String {
        self.account.iter().map(|(key, value)| format!("{key} = {}\n", toml(value))).collect()
    }

    /// The request's body.
    pub fn body(&self) -> Vec<u8> {
        match (&self.request.body, &self.request.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(base64)) => BASE64.decode(base64.as_bytes()).unwrap(),
            _ => panic!("{}: exactly one of body and body_base64", self.full_name()),
        }
    }

    /// The request's headers.
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

    /// The delivery that these parts make.
    pub fn delivery<'a>(&'a self, headers: &'a HeaderMap, body: &'a [u8]) -> Delivery<'a> {
        Delivery {
            path_and_query: &self.request.path,
            headers,
            body,
            received_at: self.received_at,
        }
    }
}

fn toml(value: &Value) -> String {
    match value {
        // JSON's text escapes are TOML's.
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
