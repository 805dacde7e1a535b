//! Erases refunds, in one transaction each.

use sqlx::{Connection, Executor, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use super::search::refused_with;
use crate::store::at_rest::KeyRing;
use crate::store::audit::{Action, Deed, note};
use crate::store::{Store, StoreError};

/// The most refunds that maintenance erases again in one round.
const AT_ONCE: i64 = 100;

/// Plans the statements for their values, and with the index of several events, which only a bitmap
/// uses. The statements of recording never need it.
const PLAN_AS_LISTS: &str = "set local plan_cache_mode = force_custom_plan; \
     set local enable_bitmapscan = on";

/// That a person erases a refund.
#[derive(Clone, Debug)]
pub struct Erasure<'a> {
    /// The refund.
    pub refund_id: Uuid,
    /// Who erases it.
    pub who: &'a str,
    /// Through which interface.
    pub via: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// How many events the refund has; all of them are erased.
    pub events: i64,
    /// How many deliveries were emptied now. Earlier ones may have been empty already.
    pub deliveries: i64,
}

impl Store {
    /// Erases the personal data of a refund, and notes who did it and why. Returns `None` if there is
    /// no refund with this id.
    pub async fn erase_refund(&self, erasure: &Erasure<'_>) -> Result<Option<Erased>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let erased = erase(&mut transaction, &self.keys, erasure.refund_id, erasure.at).await?;
        if erased.is_some() {
            let deed = Deed {
                at: erasure.at,
                who: erasure.who,
                via: erasure.via,
                action: Action::Erase,
                subject: &format!("refund {}", erasure.refund_id),
                detail: erasure.reason,
            };
            note(&mut transaction, &deed).await?;
        }
        transaction.commit().await?;
        lease.give_back();
        Ok(erased)
    }

    /// Erases what has arrived about refunds since they were erased. Returns how many refunds that
    /// were.
    pub async fn erase_later_arrivals(&self, now: OffsetDateTime) -> Result<usize, StoreError> {
        let mut lease = self.lease().await?;
        let refunds: Vec<Uuid> = sqlx::query_scalar(include_str!("later_arrivals.sql"))
            .bind(AT_ONCE)
            .fetch_all(&mut *lease)
            .await?;
        for refund_id in &refunds {
            let mut transaction = lease.begin().await?;
            erase(&mut transaction, &self.keys, *refund_id, now).await?;
            transaction.commit().await?;
        }
        lease.give_back();
        Ok(refunds.len())
    }
}

/// Erases a refund. Its row is locked first and always written, so that a group that was planned from
/// the texts before plans again.
async fn erase(
    connection: &mut PgConnection,
    keys: &KeyRing,
    refund_id: Uuid,
    at: OffsetDateTime,
) -> Result<Option<Erased>, StoreError> {
    let found: Option<(String, Vec<String>)> = sqlx::query_as(
        "update refund_inbox.refunds
         set receiving_account = null, reason = null, failure_message = null
         where refund_id = $1
         returning account, array_remove(array[merchant_refund_id, provider_refund_id], null)",
    )
    .bind(refund_id)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((account, numbers)) = found else { return Ok(None) };
    let events: i64 = sqlx::query_scalar(include_str!("erase_events.sql"))
        .bind(refund_id)
        .bind(at)
        .fetch_one(&mut *connection)
        .await?;
    let refused = refused_with(connection, keys, &account, &numbers).await?;
    connection.execute(PLAN_AS_LISTS).await?;
    let deliveries: i64 = sqlx::query_scalar(include_str!("empty_deliveries_of.sql"))
        .persistent(false)
        .bind(refund_id)
        .bind(at)
        .bind(refused)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query(
        "insert into refund_inbox.erasures (refund_id, erased_at, delivery_count, event_count)
         select refund_id, $2, delivery_count, event_count
         from refund_inbox.refunds
         where refund_id = $1
         on conflict (refund_id) do update
         set erased_at = excluded.erased_at, delivery_count = excluded.delivery_count,
             event_count = excluded.event_count",
    )
    .bind(refund_id)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(Some(Erased { events, deliveries }))
}
