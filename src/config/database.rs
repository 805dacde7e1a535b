//! `[database]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::printable::serialize_url;

/// `[database]`: how to reach Postgres.
#[derive(Clone, Deserialize, Serialize)]
pub struct DatabaseSettings {
    /// A Postgres URL; absent: the embedded server.
    #[serde(serialize_with = "serialize_url")]
    pub url: Option<String>,
    /// Connections of this instance.
    pub max_connections: u32,
    /// How long to wait for one of them, in milliseconds.
    pub acquire_timeout_ms: u32,
    /// How long one statement may take, in milliseconds.
    pub statement_timeout_ms: u32,
    /// How long to wait for the database at the start, in seconds; 0 does not wait.
    pub startup_timeout_seconds: u32,
}

impl DatabaseSettings {
    /// How long to wait for a connection.
    pub fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms.into())
    }

    /// How long one statement may take.
    pub fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms.into())
    }

    /// How long to wait for the database at the start.
    pub fn startup_timeout(&self) -> Duration {
        Duration::from_secs(self.startup_timeout_seconds.into())
    }

    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { max_connections: 0 | 1, .. } => Some(("max_connections", "expected at least 2")),
            Self { acquire_timeout_ms: 0, .. } => {
                Some(("acquire_timeout_ms", "expected at least 1"))
            }
            Self { statement_timeout_ms: 0, .. } => {
                Some(("statement_timeout_ms", "expected at least 1"))
            }
            Self { url: Some(url), .. } => url_problem(url).map(|message| ("url", message)),
            Self { .. } => None,
        }
    }
}

/// The parameters that a URL may have. The library would only log others, with their values.
const PARAMETERS: [&str; 12] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// Parameters of other clients that change nothing here: they may stand in a URL that is shared.
const WITHOUT_MEANING: [&str; 8] = [
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
];

/// What is wrong with a database URL. Nothing of it is repeated: it may hold a password.
fn url_problem(url: &str) -> Option<&'static str> {
    let Ok(url) = reqwest::Url::parse(url) else {
        return Some("expected a URL such as postgres://user@host/database");
    };
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Some("expected a URL that begins with postgres://");
    }
    let is_known = |name: &str| {
        PARAMETERS.contains(&name)
            || WITHOUT_MEANING.contains(&name)
            || name.starts_with("options[")
    };
    if !url.query_pairs().all(|(name, _)| is_known(&name)) {
        return Some(
            "expected no parameters but application_name, dbname, host, hostaddr, options, \
             password, port, sslcert, sslkey, sslmode, sslrootcert, user",
        );
    }
    None
}

/// Never shows the URL's password.
impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}
