//! The bytes of an answer.

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
    /// Returns the reply that is stored with a replayed delivery, which nobody waits for.
    pub fn none() -> Self {
        Self { status: 0, content_type: "", body: String::new() }
    }
}
