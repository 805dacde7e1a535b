//! `[database]`

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::DatabaseUrl;
use super::printable::serialize_url;

/// `[database]`: how to reach Postgres.
#[derive(Clone, Deserialize, Serialize)]
pub struct DatabaseSettings {
    /// A Postgres URL, of one server or several; absent: the embedded server.
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
            Self { url: Some(url), .. } => {
                DatabaseUrl::read(url).err().map(|message| ("url", message))
            }
            Self { .. } => None,
        }
    }
}

/// Never shows the URL's password.
impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}
