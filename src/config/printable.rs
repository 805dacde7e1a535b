//! The effective configuration as it may be printed: secrets as fingerprints.

use serde::Serializer;
use serde_json::{Map, Value, json};

use super::Configuration;

impl Configuration {
    /// The whole configuration as JSON, with secrets as fingerprints and the database's password
    /// left out.
    pub fn printable(&self) -> Value {
        let accounts: Map<String, Value> = self
            .accounts
            .iter()
            .map(|account| {
                let mut settings = account.settings.printable();
                if let Some(table) = settings.as_object_mut() {
                    table.insert("provider".to_owned(), json!(account.provider_name));
                }
                (account.name.to_string(), settings)
            })
            .collect();
        json!({
            "http": self.http,
            "database": self.database,
            "embedded": self.embedded,
            "recording": self.recording,
            "quarantine": self.quarantine,
            "reload": self.reload,
            "log": self.log,
            "accounts": accounts,
        })
    }
}

/// Writes a database URL without its user, password and parameters.
pub(super) fn serialize_url<S: Serializer>(
    url: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match url {
        None => serializer.serialize_none(),
        Some(url) => serializer.serialize_str(&without_credentials(url)),
    }
}

fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "[not a URL]".to_owned();
    };
    let rest = rest.split('?').next().unwrap_or_default();
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, String::new()),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn a_database_url_is_printed_without_what_opens_it() {
        let cases = [
            ("postgres://u:p@h:5432/d?password=p", "postgres://h:5432/d"),
            ("postgres://u:p@ss@h/d", "postgres://h/d"),
            ("postgres://u:p@h:1,i:2/d?password=p", "postgres://h:1,i:2/d"),
            ("postgres:///d?host=/run&user=u", "postgres:///d"),
            ("hunter2", "[not a URL]"),
        ];
        for (url, expected) in cases {
            assert_eq!(without_credentials(url), expected);
        }
    }
}
