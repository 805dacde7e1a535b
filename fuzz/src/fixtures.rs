//! The requests of `tests/fixtures`, with the parts that the targets need.

use std::path::PathBuf;

use serde_json::{Map, Value};
use time::OffsetDateTime;

#[path = "../../tests/pure/fixture_file.rs"]
#[expect(dead_code, reason = "what only the tests ask of a fixture")]
mod fixture_file;

use crate::Account;
use crate::keys::account;

/// One request.
pub struct Fixture {
    /// The account's settings.
    pub account: Map<String, Value>,
    /// The path and query that the provider called.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The time of receipt.
    pub received_at: OffsetDateTime,
}

/// Returns the folder of all fixtures.
pub fn folder() -> PathBuf {
    fixture_file::repository().join("tests/fixtures")
}

/// Returns the fixtures of one provider, sorted by name.
pub fn of(provider: &str) -> Vec<Fixture> {
    fixture_file::of_provider(provider).iter().map(Fixture::of).collect()
}

impl Fixture {
    fn of(case: &fixture_file::Fixture) -> Self {
        Self {
            account: case.account.clone(),
            path: case.request.path.clone(),
            headers: case.request.headers.clone(),
            body: case.body(),
            received_at: case.received_at,
        }
    }

    /// Returns the account.
    pub fn configured(&self) -> Account {
        account(Value::Object(self.account.clone()))
    }

    /// Returns the headers and, after an empty line, the body.
    pub fn as_request(&self) -> Vec<u8> {
        let lines = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let mut request = lines.collect::<String>().into_bytes();
        request.push(b'\n');
        request.extend_from_slice(&self.body);
        request
    }
}
