//! Attention is a state: a refund needs it until a person has looked, and again when a newer event
//! arrives. The fold decides whether a refund needs attention; this module notes that a person has
//! looked.

use sqlx::Connection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::id::new_id;

/// That a person has looked at a refund.
#[derive(Clone, Debug)]
pub struct Resolution<'a> {
    /// The refund.
    pub refund_id: Uuid,
    /// Who has looked.
    pub who: &'a str,
    /// Through which interface.
    pub via: &'a str,
    /// Why all is well, or what was done.
    pub note: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

impl Store {
    /// Notes that a person has looked at a refund: it needs no attention until it has a newer event.
    /// Returns false if there is no refund with this id.
    pub async fn resolve_refund(&self, resolution: &Resolution<'_>) -> Result<bool, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        // The lock orders the resolution and new events: an event that comes later is newer.
        let last_seq: Option<i64> = sqlx::query_scalar(
            "select last_seq from refund_inbox.refunds where refund_id = $1 for update",
        )
        .bind(resolution.refund_id)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(last_seq) = last_seq else { return Ok(false) };
        sqlx::query(
            "insert into refund_inbox.resolutions
                 (resolution_id, refund_id, seq, resolved_at, who, via, note)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new_id(resolution.at))
        .bind(resolution.refund_id)
        .bind(last_seq)
        .bind(resolution.at)
        .bind(resolution.who)
        .bind(resolution.via)
        .bind(resolution.note)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("update refund_inbox.refunds set resolved_seq = $2 where refund_id = $1")
            .bind(resolution.refund_id)
            .bind(last_seq)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(true)
    }
}
