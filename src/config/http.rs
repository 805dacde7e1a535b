//! `[http]`

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ClientAddressHeader, Networks};

/// `[http]`: the two listeners and their limits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HttpSettings {
    /// The address for providers.
    pub listen: SocketAddr,
    /// The address for people and monitoring.
    pub operator_listen: SocketAddr,
    /// The URL under which providers reach the service, for printing; `None` if it is not known.
    pub public_url: Option<String>,
    /// The maximum number of open connections of all providers together.
    pub max_connections: u32,
    /// The maximum size of a body.
    pub max_body_bytes: usize,
    /// How long a request head may take, in seconds.
    pub header_timeout_seconds: u32,
    /// How long a request body may take, in seconds.
    pub body_timeout_seconds: u32,
    /// The maximum size of the bodies of all requests in progress together.
    pub max_bytes_in_hand: u32,
    /// The proxies that are trusted to name the client address.
    pub trusted_proxies: Networks,
    /// The header in which they name it.
    pub client_address_header: ClientAddressHeader,
    /// How long to continue accepting after readiness was withdrawn, in seconds.
    pub lame_duck_seconds: u32,
    /// How long requests in progress may take after accepting ends, in seconds.
    pub drain_seconds: u32,
}

impl HttpSettings {
    /// Returns how long a request head may take.
    pub fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout_seconds.into())
    }

    /// Returns how long a request body may take.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds.into())
    }

    /// Returns how long to continue accepting after readiness was withdrawn.
    pub fn lame_duck(&self) -> Duration {
        Duration::from_secs(self.lame_duck_seconds.into())
    }

    /// Returns how long requests in progress may take after accepting ends.
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds.into())
    }

    /// Returns the URL of a path, as providers call it, or the path alone if the URL is not known.
    pub fn url_of(&self, path: &str) -> String {
        let base = self.public_url.as_deref().unwrap_or_default();
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self { public_url: Some(url), .. }
                if !["https://", "http://"].iter().any(|scheme| {
                    url.strip_prefix(scheme).is_some_and(|rest| {
                        rest.starts_with(|first: char| {
                            first.is_ascii_alphanumeric() || first == '['
                        }) && !rest.contains(|one: char| one.is_whitespace() || "?#@".contains(one))
                    })
                }) =>
            {
                Some(("public_url", "expected a URL such as https://pay.example"))
            }
            Self { max_connections: 0, .. } => Some(("max_connections", "expected at least 1")),
            Self { max_body_bytes: 0, .. } => Some(("max_body_bytes", "expected at least 1")),
            Self { header_timeout_seconds: 0, .. } => {
                Some(("header_timeout_seconds", "expected at least 1"))
            }
            Self { body_timeout_seconds: 0, .. } => {
                Some(("body_timeout_seconds", "expected at least 1"))
            }
            Self { max_body_bytes, max_bytes_in_hand, .. }
                if usize::try_from(*max_bytes_in_hand)
                    .is_ok_and(|all| all / 2 < *max_body_bytes) =>
            {
                Some(("max_bytes_in_hand", "expected at least twice max_body_bytes"))
            }
            Self { listen, operator_listen, .. }
                if listen == operator_listen && listen.port() != 0 =>
            {
                Some(("operator_listen", "expected an address other than listen"))
            }
            Self { .. } => None,
        }
    }
}
