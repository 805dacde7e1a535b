//! The two texts without which there is no refund: its identity and its status word. Only the readers
//! of `fields` make them.

use crate::refund::Field;

/// The number of a refund, or another part of its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(pub(super) String);

impl Identity {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text as a fact.
    pub fn as_fact(&self) -> Field<String> {
        Field::Read(self.0.clone())
    }
}

impl From<Identity> for String {
    fn from(identity: Identity) -> Self {
        identity.0
    }
}

/// The provider's word for a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusWord(pub(super) String);

impl StatusWord {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<StatusWord> for String {
    fn from(word: StatusWord) -> Self {
        word.0
    }
}
