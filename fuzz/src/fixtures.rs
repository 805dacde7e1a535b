//! The requests of `tests/fixtures`, as far as the targets need them.

use std::path::PathBuf;

use refund_inbox::config::ConfiguredAccount;
use serde_json::{Map, Value};
use time::OffsetDateTime;

#[path = "../../tests/pure/fixture_file.rs"]
#[expect(dead_code, reason = "what only the tests ask of a fixture")]
mod fixture_file;

/// One request.
pub struct Fixture {
    /// The account's settings.
    pub account: Map<String, Value>,
    /// The path and query that were called.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    case: &'static fixture_file::Fixture,
}

/// The folder of all fixtures.
pub fn folder() -> PathBuf {
    fixture_file::repository().join("tests/fixtures")
}

/// The fixtures of one provider, by name.
pub fn of(provider: &str) -> Vec<Fixture> {
    fixture_file::of_provider(provider).iter().map(Fixture::of).collect()
}

impl Fixture {
    fn of(case: &'static fixture_file::Fixture) -> Self {
        Self {
            account: case.account.clone(),
            path: case.request.path.clone(),
            headers: case.request.headers.clone(),
            body: case.body(),
            received_at: case.received_at,
            case,
        }
    }

    /// The lines of the account's TOML table.
    pub fn account_toml(&self) -> String {
        self.case.account_toml()
    }

    /// The account.
    pub fn configured(&self) -> ConfiguredAccount {
        self.case.configured()
    }

    /// The headers and, behind an empty line, the body.
    pub fn as_request(&self) -> Vec<u8> {
        let lines = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let mut request = lines.collect::<String>().into_bytes();
        request.push(b'\n');
        request.extend_from_slice(&self.body);
        request
    }
}
