//! The pen: refused deliveries, kept because a wrong secret is our own fault half of the time.
//!
//! It is bounded for each account, in bytes and in number; when it is full the oldest go first.
//! Nothing authentic is ever in it.

use std::collections::BTreeSet;

use sqlx::Connection;

use super::{ReceivedDelivery, Store, StoreError};
use crate::provider::{Refusal, Reply};

/// A refused delivery, to be kept in the pen.
#[derive(Clone, Debug)]
pub struct RefusedRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// Why it was refused.
    pub refusal: Refusal,
    /// The answer it was given.
    pub reply: Reply,
}

/// How much of each account's refused deliveries is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PenLimits {
    /// The most deliveries.
    pub deliveries: i64,
    /// The most bytes of bodies and headers.
    pub bytes: i64,
}

impl Store {
    /// Puts refused deliveries into the pen, then evicts what is over the limits of the accounts
    /// concerned; returns how many had to go.
    pub async fn pen(
        &self,
        refused: &[RefusedRecord],
        limits: PenLimits,
    ) -> Result<u64, StoreError> {
        let accounts: BTreeSet<&str> =
            refused.iter().map(|record| record.received.account.as_str()).collect();
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        for record in refused {
            sqlx::query(include_str!("sql/insert_refused.sql"))
                .bind(record.received.delivery_id)
                .bind(record.received.received_at)
                .bind(record.received.provider)
                .bind(&record.received.account)
                .bind(record.refusal.as_str())
                .bind(&record.received.peer)
                .bind(&record.received.path_and_query)
                .bind(&record.received.headers)
                .bind(&record.received.body)
                .bind(record.received.body_sha256.as_slice())
                .bind(i32::try_from(record.received.body.len()).unwrap_or(i32::MAX))
                .bind(i16::try_from(record.reply.status).unwrap_or(i16::MAX))
                .bind(&record.reply.body)
                .bind(i32::try_from(record.received.weight()).unwrap_or(i32::MAX))
                .execute(&mut *transaction)
                .await?;
        }
        let evicted = sqlx::query(include_str!("sql/evict_refused.sql"))
            .bind(accounts.into_iter().collect::<Vec<_>>())
            .bind(limits.deliveries)
            .bind(limits.bytes)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        transaction.commit().await?;
        lease.give_back();
        Ok(evicted)
    }

    /// Bytes of bodies and headers in the pen, over all accounts.
    pub async fn pen_bytes(&self) -> Result<i64, StoreError> {
        let bytes =
            "select coalesce(sum(kept_bytes), 0)::bigint from refund_inbox.refused_deliveries";
        let mut lease = self.lease().await?;
        let bytes = sqlx::query_scalar(bytes).fetch_one(&mut *lease).await?;
        lease.give_back();
        Ok(bytes)
    }
}
