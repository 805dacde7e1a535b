//! The quarantine: keeps refused deliveries, because the cause of a refusal is often a wrong secret
//! in our own configuration.
//!
//! It is bounded for each account, in bytes and in deliveries. When it is full, it evicts the
//! oldest deliveries. It never contains an authentic delivery.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection, Executor, PgConnection};

use crate::config::QuarantineSettings;
use crate::store::{QuarantineReason, ReceivedDelivery, Store, StoreError};
use refund_providers::contract::Reply;

/// A refused delivery for the quarantine.
#[derive(Clone, Debug)]
pub struct RefusedRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// Why it was refused or turned away.
    pub reason: QuarantineReason,
    /// Our answer to it.
    pub reply: Reply,
}

/// The limits of each account's quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuarantineLimits {
    /// The most deliveries.
    pub deliveries: i64,
    /// The most bytes of bodies and headers.
    pub bytes: i64,
}

impl From<&QuarantineSettings> for QuarantineLimits {
    fn from(settings: &QuarantineSettings) -> Self {
        Self {
            deliveries: settings.deliveries_per_account.into(),
            bytes: settings.bytes_per_account.into(),
        }
    }
}

/// The most refused deliveries of an account that one statement evicts. A write into a full
/// quarantine evicts about as many deliveries as it adds; it evicts more only after a limit was
/// lowered.
const EVICTED_AT_ONCE: i64 = 32;

impl Store {
    /// Adds refused deliveries to the quarantine, then evicts the oldest deliveries of each
    /// affected account that is over its limits. Returns the number of evicted deliveries, by
    /// account.
    pub async fn quarantine(
        &self,
        refused: &[RefusedRecord],
        limits: QuarantineLimits,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        insert(&mut transaction, refused).await?;
        let evicted = evict(&mut transaction, refused, limits).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(evicted)
    }

    /// Recounts each quarantine, and returns the bytes of bodies and headers in all of them. It
    /// fails rather than make writers wait for long; maintenance tries again later.
    pub async fn measure_quarantine(&self) -> Result<i64, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        transaction.execute("set local lock_timeout = '1s'").await?;
        // No writer is between its insert and its addition to this table.
        transaction.execute("lock table refund_inbox.quarantine_usage in exclusive mode").await?;
        let bytes =
            sqlx::query_scalar(include_str!("measure.sql")).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(bytes)
    }
}

async fn insert(
    connection: &mut PgConnection,
    refused: &[RefusedRecord],
) -> Result<(), StoreError> {
    let received: Vec<&ReceivedDelivery> = refused.iter().map(|record| &record.received).collect();
    let bytes = |bytes: usize| i32::try_from(bytes).unwrap_or(i32::MAX);
    let status = |reply: &Reply| i16::try_from(reply.status).unwrap_or(i16::MAX);
    sqlx::query(include_str!("insert.sql"))
        .bind(received.iter().map(|one| one.delivery_id).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.received_at).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.provider).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.account.as_str()).collect::<Vec<_>>())
        .bind(refused.iter().map(|record| record.reason.to_string()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.client_address.as_deref()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.path_and_query.as_str()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.headers.as_str()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.body.as_slice()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| one.body_sha256.as_slice()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| bytes(one.body_bytes)).collect::<Vec<_>>())
        .bind(refused.iter().map(|record| status(&record.reply)).collect::<Vec<_>>())
        .bind(refused.iter().map(|record| record.reply.body.as_str()).collect::<Vec<_>>())
        .bind(received.iter().map(|one| bytes(one.weight())).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

async fn evict(
    connection: &mut PgConnection,
    refused: &[RefusedRecord],
    limits: QuarantineLimits,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let accounts: BTreeSet<&str> =
        refused.iter().map(|record| record.received.account.as_str()).collect();
    let accounts: Vec<&str> = accounts.into_iter().collect();
    let mut evicted = BTreeMap::new();
    loop {
        let batch: Vec<(String, i64)> = sqlx::query_as(include_str!("evict.sql"))
            .bind(&accounts)
            .bind(limits.deliveries)
            .bind(limits.bytes)
            .bind(EVICTED_AT_ONCE)
            .fetch_all(&mut *connection)
            .await?;
        let is_last = batch.iter().all(|(_, count)| *count < EVICTED_AT_ONCE);
        for (account, count) in batch {
            *evicted.entry(account).or_default() += u64::try_from(count).unwrap_or_default();
        }
        if is_last {
            return Ok(evicted);
        }
    }
}
