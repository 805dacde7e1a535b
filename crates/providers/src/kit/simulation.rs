//! What the simulations of all providers share: words for each scenario, the time of signing, keys,
//! and the changes that make a message wrong.

use data_encoding::BASE64;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::hmac::HmacRule;
use crate::contract::simulation::{Scenario, Simulated, SimulationError, SimulationOrder};
use crate::crypto::credential::present;
use crate::crypto::rsa::SigningError;
use crate::crypto::{Secret, SigningKey};

/// A secret that no account has.
const STRANGERS_SECRET: &str = "a secret that this account does not have";

/// The age of a stale signature at a provider that documents no window.
pub const STALE_WITHOUT_WINDOW: Duration = Duration::hours(30);

/// The age of a stale signature at a provider with a window of minutes.
pub const STALE: Duration = Duration::hours(1);

/// A provider's words for a scenario, or the reason why the provider has none.
pub type Wording<T> = Result<T, &'static str>;

/// A provider's words for each scenario. Scenarios that are a success with something wrong in the
/// message use the words of a success.
#[derive(Clone, Copy, Debug)]
pub struct Words<T> {
    /// The refund succeeded.
    pub succeeded: T,
    /// The refund failed.
    pub failed: Wording<T>,
    /// The refund is in progress.
    pub pending: Wording<T>,
    /// The refund was withdrawn.
    pub canceled: Wording<T>,
    /// The merchant or payer must act.
    pub requires_action: Wording<T>,
    /// The message is about something else.
    pub not_a_refund: Wording<T>,
    /// The status word is not documented.
    pub unknown_status: T,
}

impl<T: Copy> Words<T> {
    fn of(&self, scenario: Scenario) -> Wording<T> {
        match scenario {
            Scenario::Succeeded
            | Scenario::Duplicate
            | Scenario::Tampered
            | Scenario::Stale
            | Scenario::WrongKey
            | Scenario::Malformed => Ok(self.succeeded),
            Scenario::Failed => self.failed,
            Scenario::Pending => self.pending,
            Scenario::Canceled => self.canceled,
            Scenario::RequiresAction => self.requires_action,
            Scenario::NotARefund => self.not_a_refund,
            Scenario::UnknownStatus => Ok(self.unknown_status),
            Scenario::Own(_) => Err("it is the scenario of another provider"),
        }
    }
}

impl SimulationOrder<'_> {
    /// Returns whether the order is for this scenario.
    pub fn is(&self, scenario: Scenario) -> bool {
        self.scenario == scenario
    }

    /// Returns the provider's words for the scenario.
    ///
    /// # Errors
    /// [`SimulationError::NoSuchScenario`] if the provider has none.
    pub fn words<T: Copy>(&self, words: &Words<T>) -> Result<T, SimulationError> {
        let scenario = self.scenario;
        words.of(scenario).map_err(|why| SimulationError::NoSuchScenario { scenario, why })
    }

    /// Returns an id of this notification: `prefix` and the serial.
    pub fn id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.serial)
    }

    /// Returns the time of signing: now, or `age` ago if the signature is to be stale.
    pub fn signed_at(&self, age: Duration) -> OffsetDateTime {
        if self.is(Scenario::Stale) { self.now - age } else { self.now }
    }

    /// Returns the secret that signs: the first of the account's, or one that it does not have.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the account has no secret.
    pub fn secret(&self, secrets: &[Secret]) -> Result<Secret, SigningError> {
        let secret = if self.is(Scenario::WrongKey) {
            Secret::new(STRANGERS_SECRET).ok()
        } else {
            secrets.first().cloned()
        };
        secret.ok_or(SigningError::Library)
    }

    /// Returns a JSON body with its HMAC. `from` is replaced by `to` if the message is to be altered
    /// after signing.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the account has no secret.
    pub fn hmac_json(
        &self,
        rule: &HmacRule,
        secrets: &[Secret],
        body: String,
        (from, to): (String, String),
    ) -> Result<Simulated, SimulationError> {
        self.hmac_json_aged(rule, secrets, body, (from, to), STALE)
    }

    /// Returns what [`Self::hmac_json`] does, for a provider with another age of stale signatures.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the account has no secret.
    pub fn hmac_json_aged(
        &self,
        rule: &HmacRule,
        secrets: &[Secret],
        body: String,
        (from, to): (String, String),
        age: Duration,
    ) -> Result<Simulated, SimulationError> {
        let secret = self.secret(secrets)?;
        let headers = rule.sign(&secret, self.signed_at(age), body.as_bytes());
        Ok(Simulated::json(self.tampered(body, &from, &to)).with_headers(headers))
    }

    /// Returns a JSON body beside a token. If the message is to be altered, `from` is replaced by
    /// `to`, and the token is altered too: nothing else would tell.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the account has no token.
    pub fn token_json(
        &self,
        header: &'static str,
        tokens: &[Secret],
        body: String,
        (from, to): (String, String),
    ) -> Result<Simulated, SimulationError> {
        let mut token = present(&self.secret(tokens)?);
        if self.is(Scenario::Tampered) {
            token.push('0');
        }
        Ok(Simulated::json(self.tampered(body, &from, &to)).with_headers([(header, token)]))
    }

    /// Signs with RSA, under the key of the order or under a new one that the account does not
    /// have. Returns base64.
    ///
    /// # Errors
    /// [`SimulationError::NeedsSigningKey`] if the order has no key.
    pub fn rsa_signature(&self, message: &[u8]) -> Result<String, SimulationError> {
        let key = self.signing_key.ok_or(SimulationError::NeedsSigningKey)?;
        let signature = if self.is(Scenario::WrongKey) {
            SigningKey::generate()?.sign_sha256(message)?
        } else {
            key.sign_sha256(message)?
        };
        Ok(BASE64.encode(&signature))
    }

    /// Returns `text`, with `from` replaced by `to` if the message is to be altered after signing.
    pub fn tampered(&self, text: String, from: &str, to: &str) -> String {
        if self.is(Scenario::Tampered) { text.replace(from, to) } else { text }
    }

    /// Returns `malformed` in the scenario `malformed`, otherwise `documented`.
    pub fn value<T>(&self, documented: T, malformed: T) -> T {
        if self.is(Scenario::Malformed) { malformed } else { documented }
    }
}

impl Simulated {
    /// Makes a notification with its `Content-Type`.
    pub fn new(content_type: &str, body: String) -> Self {
        Self { headers: vec![("content-type", content_type.to_owned())], body }
    }

    /// Makes a notification with the `Content-Type` of JSON.
    pub fn json(body: String) -> Self {
        Self::new("application/json", body)
    }

    /// Adds headers.
    pub fn with_headers(
        mut self,
        headers: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        self.headers.extend(headers);
        self
    }
}

/// Writes a time in RFC 3339.
pub fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// Sets a member of a JSON object.
pub fn set(object: &mut serde_json::Value, name: &str, value: impl Into<serde_json::Value>) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
