//! `[operator]`

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use http::HeaderName;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Networks;

/// `[operator]`: who may use the API and the console, and for what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperatorSettings {
    /// The tokens of programs.
    pub tokens: Vec<OperatorToken>,
    /// The header in which a login proxy names the person; `None` if there is no login proxy.
    #[serde(deserialize_with = "header_if_named")]
    pub user_header: Option<UserHeader>,
    /// The role of everyone whom the login proxy names.
    pub user_role: Role,
    /// The login proxies, whose header is believed.
    pub trusted_proxies: Networks,
    /// Whether anybody may act.
    pub actions: bool,
}

/// A token: who holds it, and the role that it gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperatorToken {
    /// The name of its holder, for the audit.
    pub name: String,
    /// The digest of the token. The token itself is not configured.
    pub sha256: TokenDigest,
    /// What its holder may do.
    pub role: Role,
}

/// What a caller may do. Each role may do what the roles before it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub enum Role {
    /// May see everything except bodies and headers.
    Viewer,
    /// May also see bodies and headers.
    Auditor,
    /// May also act, if actions are on.
    Operator,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Auditor, Self::Operator];

    /// Returns the word in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == word);
        let known = Self::ALL.map(Self::as_str).join(", ");
        found.ok_or_else(|| format!("expected one of {known}"))
    }
}

/// The SHA-256 of a token. It is printed as a fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Returns the digest.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn fingerprint(&self) -> String {
        let digits = HEXLOWER.encode(&self.0);
        format!("{}…", digits.get(..12).unwrap_or_default())
    }
}

impl TryFrom<String> for TokenDigest {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("expected the SHA-256 of the token: 64 hex digits")
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.fingerprint())
    }
}

impl Serialize for TokenDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.fingerprint())
    }
}

/// The name of the header in which a login proxy names the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserHeader(HeaderName);

impl UserHeader {
    /// Returns the name.
    pub fn name(&self) -> &HeaderName {
        &self.0
    }
}

impl TryFrom<String> for UserHeader {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
            .map(Self)
            .map_err(|_| "expected the name of a header, such as x-forwarded-user")
    }
}

impl Serialize for UserHeader {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

/// Reads the name of a header. The empty name means that there is no login proxy.
fn header_if_named<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<UserHeader>, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.is_empty() {
        return Ok(None);
    }
    UserHeader::try_from(name).map(Some).map_err(D::Error::custom)
}

/// The longest name of a token's holder, in bytes.
const LONGEST_NAME: usize = 64;

impl OperatorSettings {
    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let is_bad = |name: &str| {
            name.trim().is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control)
        };
        let earlier = |at: usize| self.tokens.iter().take(at);
        let repeats = |same: fn(&OperatorToken, &OperatorToken) -> bool| {
            let mut tokens = self.tokens.iter().enumerate();
            tokens.any(|(at, token)| earlier(at).any(|other| same(token, other)))
        };
        if self.tokens.iter().any(|token| is_bad(&token.name)) {
            return Some(("tokens", "expected a name of 1 to 64 characters for each token"));
        }
        if repeats(|one, other| one.name == other.name) {
            return Some(("tokens", "expected another name for each token, found one twice"));
        }
        if repeats(|one, other| one.sha256 == other.sha256) {
            return Some(("tokens", "expected another sha256 for each token, found one twice"));
        }
        if self.user_header.is_some() && self.trusted_proxies == Networks::default() {
            return Some((
                "user_header",
                "expected trusted_proxies beside it: anybody can write this header, so it is \
                 believed from these addresses only",
            ));
        }
        None
    }
}
