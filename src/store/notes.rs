//! Notes of people about refunds and deliveries. Each is a row of the audit, so it never changes.

use std::fmt;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Store, StoreError};

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// A refund.
    Refund(Uuid),
    /// A delivery.
    Delivery(Uuid),
}

impl Noted {
    /// Reads the subject of a row of the audit.
    fn read(subject: &str) -> Option<Self> {
        let (kind, id) = subject.split_once(' ')?;
        let id = id.parse().ok()?;
        match kind {
            "refund" => Some(Self::Refund(id)),
            "delivery" => Some(Self::Delivery(id)),
            _ => None,
        }
    }
}

/// Writes the subject of the row in the audit.
impl fmt::Display for Noted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refund(id) => write!(formatter, "refund {id}"),
            Self::Delivery(id) => write!(formatter, "delivery {id}"),
        }
    }
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub about: Noted,
    /// When it was made.
    pub at: OffsetDateTime,
    /// Who made it.
    pub who: String,
    /// What it says.
    pub note: String,
}

impl Store {
    /// Returns the notes about a delivery, the oldest first.
    pub async fn notes_about(&self, delivery_id: Uuid) -> Result<Vec<Note>, StoreError> {
        let mut lease = self.lease().await?;
        let notes = notes(&mut lease, &[Noted::Delivery(delivery_id)]).await?;
        lease.give_back();
        Ok(notes)
    }
}

/// Returns the notes about these refunds and deliveries, the oldest first.
pub(super) async fn notes(
    connection: &mut PgConnection,
    about: &[Noted],
) -> Result<Vec<Note>, StoreError> {
    let subjects: Vec<String> = about.iter().map(Noted::to_string).collect();
    let rows: Vec<(String, OffsetDateTime, String, String)> = sqlx::query_as(
        "select subject, at, who, detail
         from refund_inbox.audit
         where action = 'note' and subject = any($1)
         order by at, audit_id",
    )
    .bind(subjects)
    .fetch_all(connection)
    .await?;
    let note = |(subject, at, who, note): (String, OffsetDateTime, String, String)| {
        Some(Note { about: Noted::read(&subject)?, at, who, note })
    };
    Ok(rows.into_iter().filter_map(note).collect())
}
