//! The state of a refund, in Stripe's vocabulary plus `unknown`.

use std::fmt;

/// The status of a refund, as one of six words for all providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider's word is unknown. It never counts as a success.
    Unknown,
    /// The refund is in progress.
    Pending,
    /// The merchant or the payer must act. The refund may still succeed.
    RequiresAction,
    /// The provider reports that the money went back.
    Succeeded,
    /// The refund was withdrawn before money moved.
    Canceled,
    /// The refund failed.
    Failed,
}

impl RefundStatus {
    /// Every status, weakest first.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Pending,
        Self::RequiresAction,
        Self::Succeeded,
        Self::Canceled,
        Self::Failed,
    ];

    /// Returns the word for the status in the database, in the feed and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
        }
    }

    /// Returns the status that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Returns whether the status is final. A status that is not final never replaces a final one.
    pub fn is_final(self) -> bool {
        match self {
            Self::Unknown | Self::Pending | Self::RequiresAction => false,
            Self::Canceled | Self::Failed | Self::Succeeded => true,
        }
    }

    /// Returns the rank that decides if provider times do not.
    ///
    /// Among final statuses bad news wins: a wrong choice then makes somebody look at money that did
    /// move, and not miss money that did not. Either choice is flagged as conflicting.
    pub fn strength(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Pending => 1,
            Self::RequiresAction => 2,
            Self::Succeeded => 3,
            Self::Canceled => 4,
            Self::Failed => 5,
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
