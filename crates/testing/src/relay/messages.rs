//! Reads the service's messages to Postgres, so that the relay can recognize a commit.
//!
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::collections::BTreeSet;

/// Returns whether a message is a simple query, or prepares or executes a statement.
pub(super) fn is_statement(message: &[u8]) -> bool {
    matches!(message.first(), Some(b'Q' | b'P' | b'B'))
}

/// What the relay knows about a session: enough to recognize a commit.
#[derive(Default)]
pub(super) struct Session {
    /// The names of prepared statements that record a group.
    recording: BTreeSet<Vec<u8>>,
    is_in_transaction: bool,
}

impl Session {
    /// Returns whether this message commits: it contains COMMIT, alone or after other statements,
    /// or it executes, outside of any transaction, the statement that records a group.
    pub(super) fn sees_commit(&mut self, message: &[u8]) -> bool {
        let letter = message.first().filter(|_| is_statement(message));
        let (Some(letter), Some(rest)) = (letter, message.get(5..)) else { return false };
        let mut parts = rest.split(|byte| *byte == 0);
        if *letter == b'B' {
            let statement = parts.nth(1).unwrap_or_default();
            return !self.is_in_transaction && self.recording.contains(statement);
        }
        let text = String::from_utf8_lossy(rest).to_uppercase();
        if *letter == b'P' && text.contains("WRITTEN_DELIVERIES AS (") {
            self.recording.insert(parts.next().unwrap_or_default().to_vec());
        }
        // A comment may contain the same words.
        let says = |word| {
            text.split([';', '\0']).any(|statement| statement.trim_start().starts_with(word))
        };
        self.is_in_transaction |= says("BEGIN");
        self.is_in_transaction &= !(says("COMMIT") || says("ROLLBACK"));
        says("COMMIT")
    }
}

/// Splits bytes into messages.
#[derive(Default)]
pub(super) struct Messages {
    pub(super) bytes: Vec<u8>,
    has_begun: bool,
}

impl Messages {
    /// Returns the next whole message. The first has only a length; all others have a letter before
    /// it.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        let letter = usize::from(self.has_begun);
        let length = self.bytes.get(letter..letter + 4)?;
        let length = u32::from_be_bytes(length.try_into().unwrap());
        let end = letter + usize::try_from(length).unwrap();
        if self.bytes.len() < end {
            return None;
        }
        self.has_begun = true;
        Some(self.bytes.drain(..end).collect())
    }
}
