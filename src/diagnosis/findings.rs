//! What a diagnosis finds.

use serde::Serialize;
use utoipa::ToSchema;

use super::signed_text::SignedText;
use crate::query::Times;

/// What is known about a kept delivery after it was judged again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Diagnosis {
    /// The id of the delivery.
    pub delivery_id: String,
    /// The provider of its route.
    pub provider: String,
    /// The account of its route.
    pub account: String,
    /// Whether the account is configured today.
    pub account_is_configured: bool,
    /// The path that was called; with its query, for an auditor.
    pub path: String,
    /// The verdict when it was received.
    pub verdict_then: Judged,
    /// The verdict with today's keys; null if it cannot be judged.
    pub verdict_today: Option<Judged>,
    /// The id of the key that the request names, if it names one. A viewer sees it if we know that
    /// key.
    pub key_presented: Option<String>,
    /// The ids of the account's keys that were tried.
    pub keys_tried: Vec<String>,
    /// The ids of the account's keys that open what the provider encrypts.
    pub decryption_keys: Vec<String>,
    /// What the provider signs, in words.
    pub signed: String,
    /// The text that it signs, without the secret, for an auditor.
    pub signed_text: Option<SignedText>,
    /// Other accounts of the provider whose key fits.
    pub other_accounts: Vec<FittingAccount>,
    /// The keys that verified earlier deliveries of the account, and that it no longer has; the one
    /// that was used last comes first.
    pub removed_keys: Vec<RemovedKey>,
    /// Whether the secret in a file fits, if one was tried.
    pub secret_in_file_fits: Option<bool>,
    /// The length of the body, in bytes.
    pub received_bytes: usize,
    /// The length that `Content-Length` announced, in bytes.
    pub announced_bytes: Option<usize>,
    /// How long before its receipt the request says that it was sent, in seconds.
    pub clock_difference_seconds: Option<i64>,
    /// What something on the way did to the request, if a key fits when it is undone.
    pub change: Option<String>,
    /// Signs that something between the provider and us changed the request.
    pub signs_of_a_proxy: Vec<String>,
    /// The cause, as a word.
    pub cause: String,
    /// One sentence that says what to do.
    pub advice: String,
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Judged {
    /// The verdict.
    pub verdict: String,
    /// Its reason, if it has one.
    pub reason: Option<String>,
    /// The id of the key that verified the delivery, if one did.
    pub key_id: Option<String>,
}

/// An account whose key fits a delivery to another account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FittingAccount {
    /// The account.
    pub account: String,
    /// The id of its key that fits.
    pub key_id: String,
}

/// A key that an account no longer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RemovedKey {
    /// The id of the key.
    pub key_id: String,
    /// When the last delivery was received that it verified.
    pub last_used_at: String,
}

impl RemovedKey {
    /// Returns until when it was in use, for people: in UTC, to the second.
    pub(super) fn until(&self) -> String {
        let Some(at) = Times::parse(&self.last_used_at) else { return self.last_used_at.clone() };
        Times::utc(at.replace_nanosecond(0).unwrap_or(at))
    }
}

impl Diagnosis {
    /// Returns what a person may see who sees no bodies and no headers. `known_keys` are the ids of
    /// all configured keys: the request may name anything, but these are ours.
    #[must_use]
    pub fn for_viewer(mut self, known_keys: &[String]) -> Self {
        self.path.truncate(self.path.find('?').unwrap_or(self.path.len()));
        self.signed_text = None;
        let known = known_keys.iter().chain(self.removed_keys.iter().map(|key| &key.key_id));
        let known: Vec<&String> = known.collect();
        self.key_presented = self.key_presented.filter(|key| known.contains(&key));
        self
    }
}
