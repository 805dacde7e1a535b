//! The requests of `tests/fixtures`, with the parts that the targets need.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures")
}

/// Returns the fixtures of one provider, sorted by name.
pub fn of(provider: &str) -> Vec<Fixture> {
    let entries = std::fs::read_dir(folder().join(provider)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| read(&std::fs::read_to_string(path).unwrap())).collect()
}

fn read(text: &str) -> Option<Fixture> {
    let whole: Value = serde_json::from_str(text).unwrap();
    let request = whole.get("request")?;
    let headers = request["headers"].as_array().unwrap();
    let body = match (&request["body"], &request["body_base64"]) {
        (Value::String(body), _) => body.clone().into_bytes(),
        (_, base64) => BASE64.decode(base64.as_str().unwrap().as_bytes()).unwrap(),
    };
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    Some(Fixture {
        account: whole["account"].as_object().unwrap().clone(),
        path: word(&request["path"]),
        headers: headers.iter().map(|pair| (word(&pair[0]), word(&pair[1]))).collect(),
        body,
        received_at: OffsetDateTime::parse(whole["received_at"].as_str().unwrap(), &Rfc3339)
            .unwrap(),
    })
}

impl Fixture {
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
