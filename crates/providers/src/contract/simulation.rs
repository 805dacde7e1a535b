//! Requests to play the provider, from `simulate` and `demo`, and the results.

use std::fmt;

use time::OffsetDateTime;

use crate::crypto::SigningKey;
use crate::crypto::rsa::SigningError;
use crate::refund::AmountError;

/// What the simulated notification says, or what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// The refund succeeded.
    Succeeded,
    /// The refund failed.
    Failed,
    /// The refund is in progress.
    Pending,
    /// The refund was withdrawn.
    Canceled,
    /// The merchant or payer must act.
    RequiresAction,
    /// A success that is sent twice.
    Duplicate,
    /// A success whose amount was altered after signing.
    Tampered,
    /// A success signed long ago.
    Stale,
    /// A success that was signed with a key that the account does not have.
    WrongKey,
    /// An authentic message about something else.
    NotARefund,
    /// A refund with a status word that is not documented.
    UnknownStatus,
    /// An authentic refund whose number is empty, so that nothing identifies it.
    Malformed,
    /// A scenario of one provider only, by the word of its [`OwnScenario`].
    Own(&'static str),
}

/// A scenario that only one provider has. Its notification is authentic and reports a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnScenario {
    /// The word for it on the command line.
    pub word: &'static str,
    /// What happens in it.
    pub about: &'static str,
}

impl Scenario {
    /// Every scenario that all providers have or lack for a reason.
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

    /// Returns the word for the scenario on the command line.
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
            Self::Own(word) => word,
        }
    }

    /// Returns the scenario of all providers that `word` names. Hyphens and underscores are equal.
    pub fn from_word(word: &str) -> Option<Self> {
        let plain = |text: &str| text.replace('_', "-");
        Self::ALL.into_iter().find(|scenario| plain(scenario.as_str()) == plain(word))
    }

    /// Returns how often the notification is sent.
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
            | Self::Malformed
            | Self::Own(_) => 1,
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The notification to make.
#[derive(Clone, Copy, Debug)]
pub struct SimulationOrder<'a> {
    /// What the notification says, or what is wrong with it.
    pub scenario: Scenario,
    /// The time on the provider's clock.
    pub now: OffsetDateTime,
    /// At most 20 letters and digits that make the ids of the refund unique.
    pub serial: &'a str,
    /// The refund that the notification is about, as far as the serial does not decide it.
    pub subject: Subject<'a>,
    /// The path of the account's route. Some dialects sign it.
    pub path: &'a str,
    /// The private key that signs as the provider, for dialects that sign with one.
    pub signing_key: Option<&'a SigningKey>,
}

/// The refund that a notification is about. What is absent follows from the numbers that are
/// present, or from the serial, or is the simulation's usual value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// The number that identifies the refund at the provider: the merchant's, or the provider's own.
    pub refund: Option<&'a str>,
    /// The merchant's number of the order.
    pub order: Option<&'a str>,
    /// The provider's number of the payment.
    pub payment: Option<&'a str>,
    /// The amount in major units.
    pub amount: Option<&'a str>,
    /// The ISO 4217 code of the amounts.
    pub currency: Option<&'a str>,
    /// At most 20 letters and digits that make the numbers of the order and of the payment unique,
    /// if several refunds share them.
    pub order_serial: Option<&'a str>,
    /// When the refund was made, by the provider's clock.
    pub made_at: Option<OffsetDateTime>,
    /// How many refunds of the same amount the order has had before.
    pub earlier_refunds: u32,
}

/// A notification to send to the account's route.
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
    /// The provider never sends a notification of this kind.
    #[error("this provider has no scenario {scenario}: {why}")]
    NoSuchScenario {
        /// The scenario in the order.
        scenario: Scenario,
        /// Why the provider has none.
        why: &'static str,
    },
    /// The order gives a number that the account's notifications do not carry.
    #[error("the notifications of this account carry no {what}")]
    NotCarried {
        /// What they do not carry.
        what: &'static str,
    },
    /// The order gives a currency that the provider does not know.
    #[error("expected a currency code such as HKD, found {found:?}")]
    UnknownCurrency {
        /// The code in the order.
        found: String,
    },
    /// The notifications of the account are in one currency, and the order gives another.
    #[error("the notifications of this account are in {expected}, found {found:?}")]
    OtherCurrency {
        /// The only currency.
        expected: String,
        /// The code in the order.
        found: String,
    },
    /// The order's amount does not fit the currency.
    #[error("{found:?} is no amount in {currency}: {why}")]
    Amount {
        /// The amount in the order.
        found: String,
        /// The currency.
        currency: String,
        /// What is wrong with it.
        why: AmountError,
    },
    /// The dialect signs with a private key, and the order has none.
    #[error(
        "the provider signs notifications for this account with its private key; give a test key \
         with --signing-key FILE, and add its public half to the account's public_keys"
    )]
    NeedsSigningKey,
    /// The dialect sends the certificate of the key, and the account has none for this key.
    #[error(
        "the provider sends the certificate of its key; add a certificate of the test key to the \
         account's pinned_certificates"
    )]
    NeedsCertificate,
    /// The key could not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// How a dialect verifies, and so what one verification costs at least. The benchmark compares a
/// dialect with the bare computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authentication {
    /// SHA-256 over a shared secret and a text.
    Sha256,
    /// SHA-1 over a text and a shared secret.
    Sha1,
    /// MD5 over a body and a shared secret.
    Md5,
    /// HMAC-SHA-256 under a shared secret.
    HmacSha256,
    /// An RSA signature with SHA-256.
    Rsa,
    /// An RSA signature with SHA-256 over a message that contains an AES-256-GCM ciphertext.
    RsaAndAesGcm,
    /// Successful decryption of AES-256-ECB, and nothing else.
    AesEcb,
    /// A shared token beside an unsigned message.
    Token,
}

/// The throw-away accounts of a provider, or why no key could be made for one.
pub type Demonstrations = Result<Vec<Demonstration>, SigningError>;

/// A throw-away account of one dialect, for `demo`, for the acknowledgement table and for tests.
#[derive(Debug)]
pub struct Demonstration {
    /// The provider's name.
    pub provider: &'static str,
    /// The dialect's name. It begins with the provider's name.
    pub dialect: &'static str,
    /// How the dialect verifies.
    pub authentication: Authentication,
    /// The account's name.
    pub account: &'static str,
    /// The account's settings, as the lines of its TOML table.
    pub settings: String,
    /// The private key that signs as the provider, if the dialect needs one.
    pub signing_key: Option<SigningKey>,
    /// A body from whose form the dialect is recognized.
    pub sample_body: &'static str,
    /// The scenarios that only this dialect has.
    pub own_scenarios: Vec<OwnScenario>,
}
