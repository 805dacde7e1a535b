//! The state of a refund, which the fold makes of its events.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Authenticity, Facts, Flag, RefundStatus, Unread};

/// The state of a refund after all its events so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundState {
    /// The status of the winning event.
    pub status: RefundStatus,
    /// The provider's word in the winning event.
    pub provider_status: String,
    /// Whether the events contain two different final statuses.
    pub conflicting: bool,
    /// The grade of authenticity of the winning event.
    pub authenticity: Authenticity,
    /// The merchant's id of the refund.
    pub merchant_refund_id: String,
    /// The ISO 4217 code of all amounts, or `None` until an event contains it.
    pub currency: Option<String>,
    /// The decimals of the minor unit of all amounts.
    pub currency_exponent: Option<u8>,
    /// When the winning event happened, by the provider's clock.
    #[serde(skip)]
    pub occurred_at: Option<OffsetDateTime>,
    /// The order whose refunds have running totals, if the provider reports those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cumulative_within: Option<String>,
    /// Each fact from the highest-ranking event that contains it.
    #[serde(flatten)]
    pub facts: Facts,
    /// The unread fields of all events whose facts are still missing.
    #[serde(flatten)]
    pub unread: Unread,
    /// The flags of all events, and the flags that follow from several events together.
    pub flags: BTreeSet<Flag>,
}

impl RefundState {
    /// Returns whether a person must look at the refund, if no person has since its newest event.
    pub fn needs_attention(&self) -> bool {
        self.conflicting
            || self.status == RefundStatus::Unknown
            || self.flags.iter().any(|flag| flag.needs_attention())
    }
}
