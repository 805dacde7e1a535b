//! What came of a delivery, and the words in which the provider is told.

/// What came of a delivery: all that a provider may learn. The table in `docs/architecture.md`
/// says for each what is kept and whether the provider should send again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Committed, and new.
    Recorded,
    /// Committed before; everything it says is known.
    Duplicate,
    /// Authentic, not about a refund, kept as a delivery.
    Ignored,
    /// Authentic, not as documented, kept for repair. Sending it again would not help.
    Unreadable,
    /// Authentic, but *our* decryption key is wrong. Kept for repair, and wanted again.
    Undecryptable,
    /// Not believed.
    Refused,
    /// Not committed: wanted again.
    Unavailable,
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

    /// The word for it in logs, metrics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Unreadable => "unreadable",
            Self::Undecryptable => "undecryptable",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

/// An answer, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Reply {
    /// What stands in the place of an answer where nobody is answered.
    pub fn none() -> Self {
        Self { status: 0, content_type: "", body: String::new() }
    }
}
