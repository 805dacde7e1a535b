//! The audit: what people did, when, and through what. Its rows never change.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{Store, StoreError};
use crate::id::new_id;

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Showed the headers and the body of a delivery.
    ShowBody,
    /// Wrote refunds or deliveries with their bodies into a file.
    Export,
    /// Judged kept deliveries again, and recorded the result.
    Replay,
    /// Noted that a refund needs no attention.
    Resolve,
    /// Noted that deliveries need no repair.
    Dismiss,
    /// Noted something about a refund or a delivery, whose state stays as it is.
    Note,
    /// Erased the personal data of a refund.
    Erase,
    /// Changed an account by a reload of the configuration.
    Reload,
}

impl Action {
    /// Returns the word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ShowBody => "show_body",
            Self::Export => "export",
            Self::Replay => "replay",
            Self::Resolve => "resolve",
            Self::Dismiss => "dismiss",
            Self::Note => "note",
            Self::Erase => "erase",
            Self::Reload => "reload",
        }
    }
}

/// One thing that a person did.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub who: &'a str,
    /// Through which interface.
    pub via: &'a str,
    /// What.
    pub action: Action,
    /// To what.
    pub subject: &'a str,
    /// Why, or how.
    pub detail: &'a str,
}

/// A row of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub who: String,
    /// Through which interface.
    pub via: String,
    /// What, as a word.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Why, or how.
    pub detail: String,
}

impl Store {
    /// Adds a row to the audit. A database user who may not is like a server that takes no writes.
    pub async fn note(&self, deed: &Deed<'_>) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        let noted = note(&mut lease, deed).await;
        noted.map_err(|error| match error.lacks_privilege() {
            true => StoreError::read_only(error.to_string()),
            false => error,
        })?;
        lease.give_back();
        Ok(())
    }

    /// Returns rows of the audit from `since` and before `until`, the newest first.
    pub async fn audit(
        &self,
        since: Option<OffsetDateTime>,
        until: Option<OffsetDateTime>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        type Columns = (OffsetDateTime, String, String, String, String, String);
        let mut lease = self.lease().await?;
        let rows: Vec<Columns> = sqlx::query_as(
            "select at, who, via, action, subject, detail
             from refund_inbox.audit
             where ($1::timestamptz is null or at >= $1) and ($2::timestamptz is null or at < $2)
             order by audit_id desc
             limit $3",
        )
        .bind(since)
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        let row = |(at, who, via, action, subject, detail)| AuditRow {
            at,
            who,
            via,
            action,
            subject,
            detail,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// Adds a row to the audit, in the transaction of what it is about.
pub(super) async fn note(connection: &mut PgConnection, deed: &Deed<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into refund_inbox.audit (audit_id, at, who, via, action, subject, detail)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new_id(deed.at))
    .bind(deed.at)
    .bind(deed.who)
    .bind(deed.via)
    .bind(deed.action.as_str())
    .bind(deed.subject)
    .bind(deed.detail)
    .execute(connection)
    .await?;
    Ok(())
}
