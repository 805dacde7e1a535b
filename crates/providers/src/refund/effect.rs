//! What an event did to its refund at the moment it was recorded.

use serde::{Deserialize, Serialize};

use super::RefundState;

/// What an event did to its refund at the moment it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It made the refund known, or gave it another status.
    Changed,
    /// The status stayed; a fact, a flag or the conflict mark came in.
    Enriched,
    /// Kept, but it changed nothing.
    None,
}

impl Effect {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Enriched => "enriched",
            Self::None => "none",
        }
    }

    /// Compares the state before an event (`None`: the refund was not known) with the one after.
    pub fn between(before: Option<&RefundState>, after: &RefundState) -> Self {
        match before {
            None => Self::Changed,
            Some(before) if before.status != after.status => Self::Changed,
            Some(before) if before != after => Self::Enriched,
            Some(_) => Self::None,
        }
    }
}
