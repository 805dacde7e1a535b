//! What a diagnosis finds.

use serde::Serialize;
use utoipa::ToSchema;

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
    /// The ids of the account's keys, which were tried.
    pub keys_tried: Vec<String>,
    /// Other accounts of the provider whose key fits.
    pub other_accounts: Vec<FittingAccount>,
    /// The ids of keys that verified earlier deliveries of the account, and that it no longer has.
    pub removed_keys: Vec<String>,
    /// Whether the secret in a file fits, if one was tried.
    pub secret_in_file_fits: Option<bool>,
    /// The length of the body, in bytes.
    pub received_bytes: usize,
    /// The length that `Content-Length` announced, in bytes.
    pub announced_bytes: Option<usize>,
    /// How long before its receipt the request says that it was sent, in seconds.
    pub clock_difference_seconds: Option<i64>,
    /// Signs that something between the provider and us changed the request.
    pub signs_of_a_proxy: Vec<String>,
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

impl Diagnosis {
    /// Returns what a person may see who sees no body and no header: the query of the path is left
    /// out.
    #[must_use]
    pub fn for_viewer(mut self) -> Self {
        self.path.truncate(self.path.find('?').unwrap_or(self.path.len()));
        self
    }
}
