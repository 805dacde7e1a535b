//! The state of a refund, in Stripe's vocabulary plus `unknown`.

use std::fmt;

/// What a refund has come to, as one of six words shared by all providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider used a word nobody has taught us. Never read as success.
    Unknown,
    /// On its way.
    Pending,
    /// Stuck until the merchant or the payer does something; it may still succeed.
    RequiresAction,
    /// Withdrawn before money moved.
    Canceled,
    /// The provider gave up.
    Failed,
    /// The provider says that the money went back.
    Succeeded,
}

impl RefundStatus {
    /// Every status, weakest first.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Pending,
        Self::RequiresAction,
        Self::Canceled,
        Self::Failed,
        Self::Succeeded,
    ];

    /// The word in the database, the feed and the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
        }
    }

    /// The status that `word` names, if it names one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether a later non-final status must never replace this one.
    pub fn is_final(self) -> bool {
        match self {
            Self::Unknown | Self::Pending | Self::RequiresAction => false,
            Self::Canceled | Self::Failed | Self::Succeeded => true,
        }
    }

    /// The fixed order that decides where provider times do not.
    ///
    /// Among final ones `succeeded` is the strongest: what is seen in practice in one second is a
    /// failed attempt followed by the one that worked, and a wrong pick is flagged in any case.
    pub fn strength(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Pending => 1,
            Self::RequiresAction => 2,
            Self::Canceled => 3,
            Self::Failed => 4,
            Self::Succeeded => 5,
        }
    }
}

impl fmt::Display for RefundStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::RefundStatus;

    #[test]
    fn every_status_is_found_again_by_its_word() {
        for status in RefundStatus::ALL {
            assert_eq!(RefundStatus::from_word(status.as_str()), Some(status));
        }
        assert_eq!(RefundStatus::from_word("SUCCEEDED"), None);
    }

    #[test]
    fn every_final_status_is_stronger_than_every_other() {
        for weak in RefundStatus::ALL.iter().filter(|status| !status.is_final()) {
            for strong in RefundStatus::ALL.iter().filter(|status| status.is_final()) {
                assert!(weak.strength() < strong.strength(), "{weak} against {strong}");
            }
        }
    }
}
