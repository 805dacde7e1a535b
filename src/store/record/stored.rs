//! What is stored of the refunds and tokens that a group affects.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::types::Json;
use sqlx::{Arguments, AssertSqlSafe, Row};

use super::delivery_record::DeliveryRecord;
use super::plan::{Identity, KnownEvent, RefundInProgress};
use super::rows::StoredEvent;
use super::tokens::{ClaimedTokens, Tokens};
use crate::store::StoreError;
use refund_providers::crypto::hash::sha256;

/// The refunds, orders and tokens that a group affects.
#[derive(Debug, Default)]
pub(in crate::store) struct Affected<'a> {
    /// Each refund by account and refund key.
    refunds: BTreeSet<(&'a str, &'a str)>,
    /// Each order whose refunds have running totals as amounts, by account and order id.
    orders: BTreeSet<(&'a str, &'a str)>,
    pub(super) tokens: Tokens<'a>,
}

/// What is stored of them.
#[derive(Debug, Default)]
pub(in crate::store) struct Stored {
    pub refunds: BTreeMap<Identity, RefundInProgress<'static>>,
    pub tokens: ClaimedTokens,
}

impl Stored {
    /// Returns whether nothing is stored.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.refunds.is_empty() && self.tokens.is_empty()
    }
}

impl<'a> Affected<'a> {
    /// Collects what this group affects.
    pub(in crate::store) fn of(group: &[&'a DeliveryRecord]) -> Self {
        let mut affected = Self { tokens: Tokens::of(group), ..Self::default() };
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

    /// Returns whether the group contains orders with running totals.
    pub(in crate::store) fn has_orders(&self) -> bool {
        !self.orders.is_empty()
    }

    /// Returns the statements that begin a transaction and lock the orders in it, in one order for
    /// all groups and before any refund. Two refunds of one order may be new at the same time, in
    /// two groups that cannot see each other's rows, so row locks are not enough.
    pub(in crate::store) fn begin(&self) -> AssertSqlSafe<String> {
        let lock_keys: BTreeSet<i32> = self
            .orders
            .iter()
            .map(|(account, order)| {
                let [a, b, c, d, ..] = sha256(format!("{account}/{order}").as_bytes());
                i32::from_be_bytes([a, b, c, d])
            })
            .collect();
        if lock_keys.is_empty() {
            return AssertSqlSafe("begin".to_owned());
        }
        let lock_keys: Vec<String> = lock_keys.iter().map(i32::to_string).collect();
        AssertSqlSafe(format!(
            "begin; select pg_advisory_xact_lock(1, lock_key)
             from unnest('{{{}}}'::integer[]) as lock_key",
            lock_keys.join(",")
        ))
    }

    /// Returns the parameters of `known_refunds.sql`, with room for `bytes` more of the others.
    pub(super) fn parameters(&self, bytes: usize) -> Result<PgArguments, sqlx::Error> {
        let (accounts, keys): (Vec<&str>, Vec<&str>) = self.refunds.iter().copied().unzip();
        let (order_accounts, orders): (Vec<&str>, Vec<&str>) = self.orders.iter().copied().unzip();
        let (token_accounts, tokens) = self.tokens.names();
        let mut parameters = PgArguments::default();
        // Without it, the buffer of a large group is copied each time it has grown to twice its size.
        parameters.reserve(16, bytes + 64 * accounts.len());
        parameters.add(accounts).map_err(sqlx::Error::Encode)?;
        parameters.add(keys).map_err(sqlx::Error::Encode)?;
        parameters.add(order_accounts).map_err(sqlx::Error::Encode)?;
        parameters.add(orders).map_err(sqlx::Error::Encode)?;
        parameters.add(token_accounts).map_err(sqlx::Error::Encode)?;
        parameters.add(tokens).map_err(sqlx::Error::Encode)?;
        Ok(parameters)
    }

    /// Reads what is stored. Locks nothing.
    pub(in crate::store) async fn read(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Stored, StoreError> {
        let statement = concat!(include_str!("known_refunds.sql"), include_str!("read_known.sql"));
        let rows = sqlx::query_with(statement, self.parameters(0)?).fetch_all(connection).await?;
        stored(&rows)
    }
}

/// Reads the rows of `known` in `known_refunds.sql`.
pub(super) fn stored(rows: &[PgRow]) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    let mut events: BTreeMap<Identity, BTreeMap<i64, KnownEvent<'static>>> = BTreeMap::new();
    for row in rows {
        if let Some(token) = row.try_get::<Option<Vec<u8>>, _>("token_sha256")? {
            let token = (row.try_get("account")?, token);
            stored.tokens.insert(token, row.try_get("body_sha256")?);
            continue;
        }
        let identity =
            Identity { account: row.try_get("account")?, refund_key: row.try_get("refund_key")? };
        if let Some(Json(event)) = row.try_get::<Option<Json<StoredEvent>>, _>("event")? {
            let seq = row.try_get("seq")?;
            events.entry(identity.clone()).or_default().insert(seq, known_event(event));
        }
        if let Entry::Vacant(vacant) = stored.refunds.entry(identity) {
            vacant.insert(refund_in_progress(row)?);
        }
    }
    for (identity, events) in events {
        if let Some(refund) = stored.refunds.get_mut(&identity) {
            refund.events = events.into_values().collect();
        }
    }
    Ok(stored)
}

/// Reads the refund of a row, without its events.
fn refund_in_progress(row: &PgRow) -> Result<RefundInProgress<'static>, StoreError> {
    Ok(RefundInProgress {
        refund_id: row.try_get("refund_id")?,
        version: Some(row.try_get("version")?),
        events: Vec::new(),
        state: None,
        newest_event: None,
        first_received_at: row.try_get("first_received_at")?,
        last_received_at: row.try_get("last_received_at")?,
        updated_at: row.try_get("updated_at")?,
        delivery_count: row.try_get("delivery_count")?,
        event_count: row.try_get("event_count")?,
        stored_seq: Some(row.try_get("last_seq")?),
        is_changed: false,
        last_counted_delivery: None,
        provider: Cow::Owned(row.try_get("provider")?),
    })
}

fn known_event(stored: StoredEvent) -> KnownEvent<'static> {
    KnownEvent {
        event_id: stored.event_id,
        digest: stored.digest,
        delivery_id: stored.delivery_id,
        is_superseded: stored.superseded_by.is_some(),
        event: Cow::Owned(stored.event),
    }
}
