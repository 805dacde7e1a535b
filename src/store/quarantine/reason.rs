//! Why the quarantine keeps a request.

use std::fmt;

use refund_providers::contract::Refusal;

/// Why the quarantine keeps a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuarantineReason {
    /// The provider's rules refused the delivery.
    Refused(Refusal),
    /// The request never became a delivery.
    TurnedAway(TurnedAway),
}

/// Writes the reason as the database has it.
impl fmt::Display for QuarantineReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::TurnedAway(why) => formatter.write_str(why.as_str()),
        }
    }
}

/// Why a request to an account was turned away before it was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnedAway {
    /// The body has a content coding.
    ContentEncoding,
    /// The body is larger than allowed.
    TooLarge,
    /// The body took too long.
    TooSlow,
    /// The connection broke, or the framing of the body is wrong.
    BrokenBody,
}

impl TurnedAway {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::ContentEncoding, Self::TooLarge, Self::TooSlow, Self::BrokenBody];

    /// Returns the word for the reason in the database, in metrics and in logs. It is none of the
    /// words of [`Refusal`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContentEncoding => "content_encoding",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::BrokenBody => "broken_body",
        }
    }

    /// Returns the reason that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == word)
    }

    /// Returns whether the whole body is kept. A part of a body must never be judged: it may be a
    /// whole message by accident, or on purpose.
    pub fn keeps_whole_body(self) -> bool {
        match self {
            Self::ContentEncoding => true,
            Self::TooLarge | Self::TooSlow | Self::BrokenBody => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use refund_providers::contract::Refusal;

    use super::TurnedAway;

    #[test]
    fn no_word_means_both_a_refusal_and_a_request_that_was_turned_away() {
        for why in TurnedAway::ALL {
            assert_eq!(TurnedAway::from_word(why.as_str()), Some(why));
        }
        for refusal in Refusal::ALL {
            assert_eq!(TurnedAway::from_word(refusal.as_str()), None, "{refusal:?}");
        }
    }
}
