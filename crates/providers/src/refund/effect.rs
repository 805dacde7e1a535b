//! How an event changed its refund when it was recorded.

use serde::{Deserialize, Serialize};

use super::RefundState;

/// How an event changed its refund when it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The event created the refund, or changed its status.
    Changed,
    /// The event added a fact, a flag or the mark of a conflict. The status stayed.
    Enriched,
    /// The event changed nothing. It is kept.
    None,
}

impl Effect {
    /// Returns the word for the effect in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Enriched => "enriched",
            Self::None => "none",
        }
    }

    /// Compares the state before an event with the state after it. `None` means that the refund was
    /// not known before.
    pub fn between(before: Option<&RefundState>, after: &RefundState) -> Self {
        match before {
            None => Self::Changed,
            Some(before) if before.status != after.status => Self::Changed,
            Some(before) if before != after => Self::Enriched,
            Some(_) => Self::None,
        }
    }
}
