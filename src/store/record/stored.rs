//! What the database knows already of the refunds that a group is about.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::DeliveryRecord;
use super::plan::{Identity, RefundInProgress};
use super::rows::StoredEvent;
use crate::store::StoreError;
use refund_providers::crypto::hash::sha256;
use refund_providers::refund::{EventDigest, RefundEvent};

/// The refunds and orders that a group is about, each by account and its key or number.
#[derive(Debug, Default)]
pub(in crate::store) struct AffectedRefunds<'a> {
    refunds: BTreeSet<(&'a str, &'a str)>,
    /// Orders whose refunds' amounts are told as running totals.
    orders: BTreeSet<(&'a str, &'a str)>,
}

/// Whether the refunds that a group is about are read to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Reading {
    /// Nobody else changes them before the transaction ends.
    Locked,
    /// As they stand; nothing will be written.
    Unlocked,
}

impl Reading {
    fn statement(self) -> &'static str {
        match self {
            Self::Locked => concat!(include_str!("read_refunds.sql"), "for update"),
            Self::Unlocked => include_str!("read_refunds.sql"),
        }
    }
}

type KnownEvent = (Uuid, EventDigest, Cow<'static, RefundEvent>);

impl<'a> AffectedRefunds<'a> {
    /// What this group is about.
    pub(in crate::store) fn of(group: &[&'a DeliveryRecord]) -> Self {
        let mut affected = Self::default();
        for record in group {
            let account = record.received.account.as_str();
            for event in record.events() {
                affected.refunds.insert((account, event.key.as_str()));
                if let Some(order) = &event.cumulative_within {
                    affected.orders.insert((account, order.as_str()));
                }
            }
        }
        affected
    }

    /// Whether it may be written without any lock, if nothing of it is stored. Where an order's
    /// refunds must be seen together it may not.
    pub(in crate::store) fn can_be_new(&self) -> bool {
        self.orders.is_empty()
    }

    /// Reads everything affected, where it is asked for locked until the end of the transaction.
    pub(in crate::store) async fn read(
        &self,
        connection: &mut PgConnection,
        reading: Reading,
    ) -> Result<BTreeMap<Identity, RefundInProgress<'static>>, StoreError> {
        if self.refunds.is_empty() {
            return Ok(BTreeMap::new());
        }
        match reading {
            Reading::Locked => self.lock_orders(connection).await?,
            Reading::Unlocked => {}
        }
        let (accounts, keys): (Vec<&str>, Vec<&str>) = self.refunds.iter().copied().unzip();
        let (order_accounts, orders): (Vec<&str>, Vec<&str>) = self.orders.iter().copied().unzip();
        let rows = sqlx::query(reading.statement())
            .bind(accounts)
            .bind(keys)
            .bind(order_accounts)
            .bind(orders)
            .fetch_all(&mut *connection)
            .await?;
        if rows.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<Uuid> =
            rows.iter().map(|row| row.try_get("refund_id")).collect::<Result<_, _>>()?;
        let mut events = read_events(connection, &ids).await?;
        let mut refunds = BTreeMap::new();
        for row in rows {
            let refund_id = row.try_get("refund_id")?;
            let working = RefundInProgress {
                refund_id,
                is_stored: true,
                events: events.remove(&refund_id).unwrap_or_default(),
                state: None,
                newest_event: None,
                first_received_at: row.try_get("first_received_at")?,
                last_received_at: row.try_get("last_received_at")?,
                updated_at: row.try_get("updated_at")?,
                delivery_count: row.try_get("delivery_count")?,
                stored_amount: row.try_get("amount_minor")?,
                is_observed: false,
                counted: None,
                provider: Cow::Owned(row.try_get("provider")?),
            };
            let identity = Identity {
                account: row.try_get("account")?,
                refund_key: row.try_get("refund_key")?,
            };
            refunds.insert(identity, working);
        }
        Ok(refunds)
    }

    /// Two refunds of one order may both be new, in two groups that cannot see each other's row:
    /// the order itself is locked, before any refund is, in one order over all groups.
    async fn lock_orders(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        if self.orders.is_empty() {
            return Ok(());
        }
        let numbers: BTreeSet<i32> = self
            .orders
            .iter()
            .map(|(account, order)| {
                let [a, b, c, d, ..] = sha256(format!("{account}/{order}").as_bytes());
                i32::from_be_bytes([a, b, c, d])
            })
            .collect();
        sqlx::query("select pg_advisory_xact_lock(1, number) from unnest($1::integer[]) as number")
            .bind(numbers.into_iter().collect::<Vec<_>>())
            .execute(connection)
            .await?;
        Ok(())
    }
}

async fn read_events(
    connection: &mut PgConnection,
    refund_ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<KnownEvent>>, StoreError> {
    let rows: Vec<(Uuid, Json<StoredEvent>)> = sqlx::query_as(include_str!("read_events.sql"))
        .bind(refund_ids)
        .fetch_all(connection)
        .await?;
    let mut events: BTreeMap<Uuid, Vec<KnownEvent>> = BTreeMap::new();
    for (refund_id, Json(stored)) in rows {
        let known = (stored.event_id, stored.digest, Cow::Owned(stored.event));
        events.entry(refund_id).or_default().push(known);
    }
    Ok(events)
}
