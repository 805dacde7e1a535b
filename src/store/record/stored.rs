//! Reads the stored refunds that a group affects.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::delivery_record::DeliveryRecord;
use super::plan::{Identity, KnownEvent, RefundInProgress};
use super::rows::StoredEvent;
use crate::store::StoreError;
use refund_providers::crypto::hash::sha256;

/// The refunds and orders that a group affects.
#[derive(Debug, Default)]
pub(in crate::store) struct AffectedRefunds<'a> {
    /// Each refund by account and refund key.
    refunds: BTreeSet<(&'a str, &'a str)>,
    /// Each order whose refunds have running totals as amounts, by account and order id.
    orders: BTreeSet<(&'a str, &'a str)>,
}

/// Whether the affected refunds are locked while they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum LockMode {
    /// Lock them until the end of the transaction, which writes them.
    ForUpdate,
    /// Do not lock them, because nothing is written.
    NoLock,
}

impl LockMode {
    fn statement(self) -> &'static str {
        match self {
            Self::ForUpdate => concat!(include_str!("read_refunds.sql"), "for update"),
            Self::NoLock => include_str!("read_refunds.sql"),
        }
    }
}

impl<'a> AffectedRefunds<'a> {
    /// Collects the refunds and orders that this group affects.
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

    /// Returns whether the group may be written without locks if none of its refunds is stored. It
    /// may not if an order has running totals, because then all refunds of the order must be seen
    /// together.
    pub(in crate::store) fn can_skip_locks(&self) -> bool {
        self.orders.is_empty()
    }

    /// Reads the affected refunds that are stored, with their events.
    pub(in crate::store) async fn read(
        &self,
        connection: &mut PgConnection,
        lock_mode: LockMode,
    ) -> Result<BTreeMap<Identity, RefundInProgress<'static>>, StoreError> {
        if self.refunds.is_empty() {
            return Ok(BTreeMap::new());
        }
        match lock_mode {
            LockMode::ForUpdate => self.lock_orders(connection).await?,
            LockMode::NoLock => {}
        }
        let (accounts, keys): (Vec<&str>, Vec<&str>) = self.refunds.iter().copied().unzip();
        let (order_accounts, orders): (Vec<&str>, Vec<&str>) = self.orders.iter().copied().unzip();
        let rows = sqlx::query(lock_mode.statement())
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
            let refund = RefundInProgress {
                refund_id,
                is_stored: true,
                events: events.remove(&refund_id).unwrap_or_default(),
                state: None,
                newest_event: None,
                first_received_at: row.try_get("first_received_at")?,
                last_received_at: row.try_get("last_received_at")?,
                updated_at: row.try_get("updated_at")?,
                delivery_count: row.try_get("delivery_count")?,
                event_count: row.try_get("event_count")?,
                stored_seq: row.try_get("last_seq")?,
                is_changed: false,
                last_counted_delivery: None,
                provider: Cow::Owned(row.try_get("provider")?),
            };
            let identity = Identity {
                account: row.try_get("account")?,
                refund_key: row.try_get("refund_key")?,
            };
            refunds.insert(identity, refund);
        }
        Ok(refunds)
    }

    /// Locks the orders, in one order for all groups and before any refund. Two refunds of one
    /// order may be new at the same time, in two groups that cannot see each other's rows, so row
    /// locks are not enough.
    async fn lock_orders(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        if self.orders.is_empty() {
            return Ok(());
        }
        let lock_keys: BTreeSet<i32> = self
            .orders
            .iter()
            .map(|(account, order)| {
                let [a, b, c, d, ..] = sha256(format!("{account}/{order}").as_bytes());
                i32::from_be_bytes([a, b, c, d])
            })
            .collect();
        sqlx::query(
            "select pg_advisory_xact_lock(1, lock_key) from unnest($1::integer[]) as lock_key",
        )
        .bind(lock_keys.into_iter().collect::<Vec<_>>())
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Reads the events of these refunds, oldest first.
async fn read_events(
    connection: &mut PgConnection,
    refund_ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<KnownEvent<'static>>>, StoreError> {
    let rows: Vec<(Uuid, Json<StoredEvent>)> = sqlx::query_as(include_str!("read_events.sql"))
        .bind(refund_ids)
        .fetch_all(connection)
        .await?;
    let mut events: BTreeMap<Uuid, Vec<KnownEvent<'static>>> = BTreeMap::new();
    for (refund_id, Json(stored)) in rows {
        let known = KnownEvent {
            event_id: stored.event_id,
            digest: stored.digest,
            delivery_id: stored.delivery_id,
            is_superseded: stored.superseded_by.is_some(),
            event: Cow::Owned(stored.event),
        };
        events.entry(refund_id).or_default().push(known);
    }
    Ok(events)
}
