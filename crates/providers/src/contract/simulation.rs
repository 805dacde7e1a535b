//! Playing the provider: what `simulate` and `demo` ask of it.

use std::fmt;

use time::OffsetDateTime;

use crate::crypto::SigningKey;
use crate::crypto::rsa::SigningError;

/// What the simulated notification should say, or what should be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// The refund succeeded.
    Succeeded,
    /// The refund failed.
    Failed,
    /// The refund is on its way.
    Pending,
    /// The refund was withdrawn.
    Canceled,
    /// The merchant or payer must act.
    RequiresAction,
    /// A success, sent twice.
    Duplicate,
    /// A success whose amount was altered after signing.
    Tampered,
    /// A success signed long ago.
    Stale,
    /// A success signed by a stranger's key.
    WrongKey,
    /// An authentic message about something else.
    NotARefund,
    /// A refund with a status word that is not documented.
    UnknownStatus,
    /// Authentic where the dialect allows it, but not as documented.
    Malformed,
}

impl Scenario {
    /// Every scenario.
    pub const ALL: [Self; 12] = [
        Self::Succeeded,
        Self::Failed,
        Self::Pending,
        Self::Canceled,
        Self::RequiresAction,
        Self::Duplicate,
        Self::Tampered,
        Self::Stale,
        Self::WrongKey,
        Self::NotARefund,
        Self::UnknownStatus,
        Self::Malformed,
    ];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Canceled => "canceled",
            Self::RequiresAction => "requires_action",
            Self::Duplicate => "duplicate",
            Self::Tampered => "tampered",
            Self::Stale => "stale",
            Self::WrongKey => "wrong-key",
            Self::NotARefund => "not-a-refund",
            Self::UnknownStatus => "unknown-status",
            Self::Malformed => "malformed",
        }
    }

    /// The scenario that `word` names; hyphens and underscores are the same.
    pub fn from_word(word: &str) -> Option<Self> {
        let plain = |text: &str| text.replace('_', "-");
        Self::ALL.into_iter().find(|scenario| plain(scenario.as_str()) == plain(word))
    }

    /// How often the notification is sent.
    pub fn sendings(self) -> u32 {
        match self {
            Self::Duplicate => 2,
            Self::Succeeded
            | Self::Failed
            | Self::Pending
            | Self::Canceled
            | Self::RequiresAction
            | Self::Tampered
            | Self::Stale
            | Self::WrongKey
            | Self::NotARefund
            | Self::UnknownStatus
            | Self::Malformed => 1,
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct SimulationOrder<'a> {
    /// What the notification should say.
    pub scenario: Scenario,
    /// The provider's clock.
    pub now: OffsetDateTime,
    /// Makes the refund's numbers its own: letters and digits, at most 20.
    pub serial: &'a str,
    /// The path of the account's route, which some dialects sign.
    pub path: &'a str,
    /// The provider's private key, for dialects that sign with one.
    pub signing_key: Option<&'a SigningKey>,
}

/// A notification, ready to be sent to the account's route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The headers that the provider would send.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// Why a notification could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// The provider has no such thing.
    #[error("{scenario} does not exist here: {why}")]
    NoSuchScenario {
        /// What was asked for.
        scenario: Scenario,
        /// Why there is none.
        why: &'static str,
    },
    /// The dialect is signed with a private key, and only the provider has the real one.
    #[error(
        "this account is signed for by the provider's private key; give a test key with \
         --signing-key FILE, and its public half in the account's public_keys"
    )]
    NeedsSigningKey,
    /// The key did not work.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// The 32 characters of an APIv3 key, made of a token of any length.
pub fn v3_key_of(token: &str) -> String {
    token.bytes().rev().chain(std::iter::repeat(b'0')).take(32).map(char::from).collect()
}

/// A throw-away account that shows a dialect, for `demo` and for the acknowledgement table.
#[derive(Debug)]
pub struct Demonstration {
    /// The provider's name.
    pub provider: &'static str,
    /// The dialect's name where a provider has several, otherwise the provider's.
    pub dialect: &'static str,
    /// The account's name.
    pub account: &'static str,
    /// The account's settings, as the lines of its TOML table.
    pub settings: String,
    /// The private key that plays the provider's, where the dialect needs one.
    pub signing_key: Option<SigningKey>,
    /// A body by whose form the dialect is known.
    pub sample_body: &'static str,
}
