//! The bytes that a provider gets. The decision that they express is the
//! [`Answer`](super::Answer).

/// A reply: an answer in the provider's words, to the byte.
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
    /// Returns the reply that is stored with a replayed delivery, for which no sender waits.
    pub fn none() -> Self {
        Self { status: 0, content_type: "", body: String::new() }
    }

    /// Returns a reply with a plain text as body.
    pub fn text(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/plain", body: body.to_owned() }
    }

    /// Returns a reply with a JSON body.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: "application/json", body: body.into() }
    }
}
