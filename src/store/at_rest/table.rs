//! The data keys in the database: made when a month begins, wrapped again after a rotation, and
//! checked against the configuration at the start.

use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::ring::{KeyRing, WrappedKey};
use crate::id::{new_id, new_key, new_nonce};
use crate::store::{Store, StoreError};
use refund_providers::crypto::Secret;

impl Store {
    /// Checks that the configured keys open all data keys, wraps those again that an older key wraps,
    /// and makes the data keys of this month and the next one. Returns how many were wrapped again.
    pub async fn prepare_data_keys(&self, now: OffsetDateTime) -> Result<usize, StoreError> {
        let mut lease = self.lease().await?;
        let stored = all(&mut lease).await?;
        self.keys.forget_except(&stored);
        if let Some(wrapped) = first_locked(&self.keys, &stored) {
            lease.give_back();
            return Err(missing(wrapped));
        }
        let mut transaction = lease.begin().await?;
        let mut again = 0;
        for wrapped in &stored {
            self.keys.learn(wrapped);
            let Some(new) = self.keys.rewrap(wrapped, new_nonce()) else { continue };
            let changed = sqlx::query(
                "update refund_inbox.data_keys set wrapped = $2, wrapped_by = $3
                 where data_key_id = $1 and wrapped_by = $4",
            )
            .bind(new.data_key_id)
            .bind(&new.wrapped)
            .bind(&new.wrapped_by)
            .bind(&wrapped.wrapped_by)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            again += usize::try_from(changed).unwrap_or_default();
        }
        transaction.commit().await?;
        if self.keys.newest().is_some() {
            let month = month_of(now)?;
            let next = (month + time::Duration::days(31)).replace_day(1);
            for month in [Ok(month), next] {
                let month = month.map_err(|_| no_month())?;
                of_month(&mut lease, &self.keys, month, now).await?;
            }
        }
        lease.give_back();
        Ok(again)
    }

    /// Returns what the list of keys lacks: a sentence about the first data key that no configured
    /// key opens, or `None` if they open all of them. Changes nothing.
    pub async fn missing_key(&self) -> Result<Option<String>, StoreError> {
        let mut lease = self.lease().await?;
        let stored = all(&mut lease).await?;
        lease.give_back();
        Ok(first_locked(&self.keys, &stored).map(sentence))
    }
}

/// Returns the data key of a month, and makes it if there is none.
pub(super) async fn of_month(
    connection: &mut PgConnection,
    keys: &KeyRing,
    month: Date,
    now: OffsetDateTime,
) -> Result<(Uuid, Secret), StoreError> {
    if let Some(known) = keys.of_month(month) {
        return Ok(known);
    }
    // Another instance may make it at the same time. Then both use the one that is stored.
    let made = keys.wrap((month, new_id(now)), &new_key(), new_nonce()).ok_or_else(cannot_seal)?;
    sqlx::query(
        "insert into refund_inbox.data_keys (month, data_key_id, wrapped, wrapped_by, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (month) do nothing",
    )
    .bind(made.month)
    .bind(made.data_key_id)
    .bind(&made.wrapped)
    .bind(&made.wrapped_by)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let stored: WrappedKey = sqlx::query_as(
        "select month, data_key_id, wrapped, wrapped_by from refund_inbox.data_keys
         where month = $1",
    )
    .bind(month)
    .fetch_one(connection)
    .await?;
    let data_key = keys.learn(&stored).ok_or_else(|| missing(&stored))?;
    Ok((stored.data_key_id, data_key))
}

/// Reads the data keys with these ids, and remembers those that a configured key opens.
pub(super) async fn learn(
    connection: &mut PgConnection,
    keys: &KeyRing,
    data_key_ids: &[Uuid],
) -> Result<(), StoreError> {
    let stored: Vec<WrappedKey> = sqlx::query_as(
        "select month, data_key_id, wrapped, wrapped_by from refund_inbox.data_keys
         where data_key_id = any ($1)",
    )
    .bind(data_key_ids)
    .fetch_all(connection)
    .await?;
    for wrapped in &stored {
        keys.learn(wrapped);
    }
    Ok(())
}

/// Returns the first day of the month of a time.
pub(super) fn month_of(at: OffsetDateTime) -> Result<Date, StoreError> {
    at.to_offset(time::UtcOffset::UTC).date().replace_day(1).map_err(|_| no_month())
}

async fn all(connection: &mut PgConnection) -> Result<Vec<WrappedKey>, StoreError> {
    // The condition is always true; it lets the index be used.
    let stored = sqlx::query_as(
        "select month, data_key_id, wrapped, wrapped_by from refund_inbox.data_keys
         where month > '-infinity' order by month",
    );
    Ok(stored.fetch_all(connection).await?)
}

/// Returns the first data key that no configured key opens.
fn first_locked<'a>(keys: &KeyRing, stored: &'a [WrappedKey]) -> Option<&'a WrappedKey> {
    stored.iter().find(|wrapped| !keys.has(&wrapped.wrapped_by))
}

fn missing(wrapped: &WrappedKey) -> StoreError {
    StoreError::rejected(sentence(wrapped))
}

fn sentence(wrapped: &WrappedKey) -> String {
    let (year, month) = (wrapped.month.year(), u8::from(wrapped.month.month()));
    format!(
        "[at_rest].keys: expected the key {}, which wraps the data key of {year}-{month:02}: put it \
         back into the list, or delete that row of refund_inbox.data_keys, which makes the bodies of \
         the month unreadable for ever",
        wrapped.wrapped_by
    )
}

pub(super) fn cannot_seal() -> StoreError {
    StoreError::rejected("a delivery could not be sealed: this is a bug in refund-inbox")
}

fn no_month() -> StoreError {
    StoreError::rejected("a time is beyond all months")
}
