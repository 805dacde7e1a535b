//! `[database]`

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::DatabaseUrl;

/// `[database]`: how to connect to Postgres.
#[derive(Clone, Deserialize, Serialize)]
pub struct DatabaseSettings {
    /// A Postgres URL of one or several servers; `None` means the private Postgres.
    #[serde(serialize_with = "serialize_url")]
    pub url: Option<String>,
    /// The maximum number of connections of this instance.
    pub max_connections: u32,
    /// How long to wait for a connection, in milliseconds.
    pub acquire_timeout_ms: u32,
    /// How long one statement may take, in milliseconds.
    pub statement_timeout_ms: u32,
    /// How long to wait for the database at the start, in seconds; 0 means not at all.
    pub startup_timeout_seconds: u32,
}

impl DatabaseSettings {
    /// Returns how long to wait for a connection.
    pub fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms.into())
    }

    /// Returns how long one statement may take.
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms.into())
    }

    /// Returns how long to wait for the database at the start.
    pub fn startup_timeout(&self) -> Duration {
        Duration::from_secs(self.startup_timeout_seconds.into())
    }

    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { max_connections: 0 | 1, .. } => Some(("max_connections", "expected at least 2")),
            Self { acquire_timeout_ms: 0, .. } => {
                Some(("acquire_timeout_ms", "expected at least 1"))
            }
            Self { statement_timeout_ms: 0, .. } => {
                Some(("statement_timeout_ms", "expected at least 1"))
            }
            Self { url: Some(url), .. } => {
                DatabaseUrl::read(url).err().map(|message| ("url", message))
            }
            Self { .. } => None,
        }
    }
}

/// Leaves out the credentials in the URL.
impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

/// Serializes a database URL without its user, password and parameters.
fn serialize_url<S: Serializer>(url: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
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
    fn a_database_url_is_printed_without_its_credentials() {
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
