//! The outcome of a delivery, and which of the four answers it gets.

/// The outcome of a delivery. The table in `docs/architecture.md` gives for each outcome what is kept
/// and whether the provider should send again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Committed, with at least one new event.
    Recorded,
    /// Committed; every event was known before.
    Duplicate,
    /// Authentic and not about a refund. Committed as a delivery.
    Ignored,
    /// Authentic and, as a whole or in one of its items, not as documented. Committed for repair,
    /// with the events of the other items; sending it again would not help.
    Unreadable,
    /// Authentic, and *our* decryption key does not open it. Committed for repair. The
    /// provider should send it again.
    Undecryptable,
    /// Not authentic.
    Refused,
    /// Not committed. The provider should send it again.
    Unavailable,
}

/// Which of the four answers a provider gets. The provider puts the answer into its own words, and
/// it learns nothing else about the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// We have it: do not send it again.
    Acknowledge,
    /// We do not believe it.
    Refuse,
    /// Something is wrong on our side that only an operator can correct: send it again.
    OurFault,
    /// We cannot store it now: send it again.
    TryLater,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 4] = [Self::Acknowledge, Self::Refuse, Self::OurFault, Self::TryLater];
}

/// What the database says about a delivery that it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// At least one new event.
    Recorded,
    /// Nothing new.
    Duplicate,
    /// Not about a refund.
    Ignored,
    /// Authentic, and kept for repair.
    Unreadable,
    /// Not authentic, and kept in the quarantine.
    Refused,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] =
        [Self::Recorded, Self::Duplicate, Self::Ignored, Self::Unreadable, Self::Refused];

    /// Returns the word for the verdict in the database, on the command line, in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Unreadable => "unreadable",
            Self::Refused => "refused",
        }
    }

    /// Returns the verdict that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

impl Outcome {
    /// Every outcome, in the order of the acknowledgement table.
    pub const ALL: [Self; 7] = [
        Self::Recorded,
        Self::Duplicate,
        Self::Ignored,
        Self::Unreadable,
        Self::Undecryptable,
        Self::Refused,
        Self::Unavailable,
    ];

    /// Returns the answer that the outcome gets. This is the only place that decides it.
    pub fn answer(self) -> Answer {
        match self {
            Self::Recorded | Self::Duplicate | Self::Ignored | Self::Unreadable => {
                Answer::Acknowledge
            }
            Self::Refused => Answer::Refuse,
            Self::Undecryptable => Answer::OurFault,
            Self::Unavailable => Answer::TryLater,
        }
    }

    /// Returns the verdict under which the delivery is kept, or `None` if it is not kept.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Recorded => Some(Verdict::Recorded),
            Self::Duplicate => Some(Verdict::Duplicate),
            Self::Ignored => Some(Verdict::Ignored),
            Self::Unreadable | Self::Undecryptable => Some(Verdict::Unreadable),
            Self::Refused => Some(Verdict::Refused),
            Self::Unavailable => None,
        }
    }

    /// Returns the word for the outcome in logs, metrics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => Verdict::Recorded.as_str(),
            Self::Duplicate => Verdict::Duplicate.as_str(),
            Self::Ignored => Verdict::Ignored.as_str(),
            Self::Unreadable => Verdict::Unreadable.as_str(),
            Self::Undecryptable => "undecryptable",
            Self::Refused => Verdict::Refused.as_str(),
            Self::Unavailable => "unavailable",
        }
    }
}
