//! Why a caller does not get in, or may not do something.

use std::fmt;

use crate::config::Role;

/// Why a request is refused. The sentence names no secret and nothing that the caller sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The request has no token, and no trusted proxy vouches for it.
    NoCredentials,
    /// The token is not configured.
    UnknownToken,
    /// The trusted proxy names no person, or names several.
    NobodyNamed,
    /// Nothing is configured, and the caller is not on the loopback interface.
    NotLoopback,
    /// Nothing is configured, and the request names a host that is no address of this machine.
    ForeignHost,
    /// The caller's role does not allow it.
    RoleTooLow {
        /// The caller's role.
        has: Role,
        /// The lowest role that allows it.
        needed: Role,
    },
    /// The configuration allows nobody to act.
    ActionsOff,
}

impl Refusal {
    /// Returns whether other credentials in the same request could help: the status is then 401,
    /// otherwise 403.
    pub fn wants_credentials(self) -> bool {
        match self {
            Self::NoCredentials | Self::UnknownToken | Self::NobodyNamed => true,
            Self::NotLoopback | Self::ForeignHost | Self::RoleTooLow { .. } | Self::ActionsOff => {
                false
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => formatter.write_str(
                "expected a token as Authorization: Bearer TOKEN, or a login proxy that names you",
            ),
            Self::UnknownToken => formatter.write_str("this token is not configured"),
            Self::NobodyNamed => formatter
                .write_str("expected the login proxy to name one person in [operator] user_header"),
            Self::NotLoopback => formatter.write_str(
                "only callers on this machine get in until [operator] configures tokens or a login \
                 proxy",
            ),
            Self::ForeignHost => formatter.write_str(
                "without tokens or a login proxy in [operator], expected a request to localhost or \
                 to an IP address, found another host name",
            ),
            Self::RoleTooLow { has, needed } => write!(
                formatter,
                "this needs the role {}, and yours is {}",
                needed.as_str(),
                has.as_str()
            ),
            Self::ActionsOff => formatter
                .write_str("actions are off: the configuration has [operator] actions = false"),
        }
    }
}
