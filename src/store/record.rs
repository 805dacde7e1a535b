//! Recording a group of deliveries in one transaction.
//!
//! Either all of the group is committed or nothing is. The refunds concerned are locked in one
//! order, the plan is made by the fold alone, and the last statement before the commit numbers the
//! events under the feed's lock, so that a consumer who reads by `seq` never skips one.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Json;
use sqlx::{Connection, Executor, PgConnection, Row};
use uuid::Uuid;

use super::plan::{Identity, Plan, Telling, Told, Working};
use super::rows::{StoredEvent, as_json};
use super::{ReceivedDelivery, Store, StoreError};
use crate::clock::new_id;
use crate::crypto::hash::sha256;
use crate::crypto::{KeyId, SignatureForm};
use crate::provider::Reply;
use crate::refund::{EventDigest, RefundEvent};

/// The transaction-scoped advisory lock under which events are numbered.
const FEED_LOCK: &str = "select pg_advisory_xact_lock(7301946318027152)";

/// How often a group is tried again when another instance was in its way.
const ATTEMPTS: usize = 5;

/// A delivery to be recorded: what was received, who vouches for it, what it says.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The request.
    pub received: ReceivedDelivery,
    /// Which key verified it.
    pub key_id: KeyId,
    /// Which reading of the provider's rule matched.
    pub signature_form: SignatureForm,
    /// The delivery that is judged again by this one.
    pub replayed_from: Option<Uuid>,
    /// What it says, and the answer to that.
    pub content: Content,
}

/// What an authentic delivery says, with the answer it gets once that is committed.
#[derive(Clone, Debug)]
pub enum Content {
    /// Something about refunds.
    Refunds {
        /// What it says, in order.
        events: Vec<RefundEvent>,
        /// The answer when some of it is new.
        if_recorded: Reply,
        /// The answer when all of it is known.
        if_duplicate: Reply,
        /// The answer when the database cannot hold it, and the delivery is kept for repair.
        if_unreadable: Reply,
    },
    /// Something else.
    Ignored {
        /// Why it is ignored.
        reason: &'static str,
        /// The answer.
        reply: Reply,
    },
    /// Something that we could not read.
    Unreadable {
        /// Why not.
        reason: String,
        /// The answer.
        reply: Reply,
    },
    /// Something that our key does not open.
    Undecryptable {
        /// The answer.
        reply: Reply,
    },
}

/// What was committed of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// At least one new event.
    New(Reply),
    /// Nothing new.
    Duplicate(Reply),
    /// The delivery alone: it is about something else.
    Ignored(Reply),
    /// The delivery alone, for repair: we could not read it.
    Unreadable(Reply),
    /// The delivery alone, for repair: our key does not open it.
    Undecryptable(Reply),
}

impl Recorded {
    fn verdict(&self) -> &'static str {
        match self {
            Self::New(_) => "recorded",
            Self::Duplicate(_) => "duplicate",
            Self::Ignored(_) => "ignored",
            Self::Unreadable(_) | Self::Undecryptable(_) => "unreadable",
        }
    }

    fn reply(&self) -> &Reply {
        match self {
            Self::New(reply)
            | Self::Duplicate(reply)
            | Self::Ignored(reply)
            | Self::Unreadable(reply)
            | Self::Undecryptable(reply) => reply,
        }
    }
}

impl DeliveryRecord {
    /// The same delivery with nothing that the database could refuse, to be kept for repair.
    pub fn for_repair(&self, reason: &str) -> Self {
        let content = match &self.content {
            Content::Refunds { if_unreadable, .. } => {
                Content::Unreadable { reason: reason.to_owned(), reply: if_unreadable.clone() }
            }
            other @ (Content::Ignored { .. }
            | Content::Unreadable { .. }
            | Content::Undecryptable { .. }) => other.clone(),
        };
        Self { content, ..self.clone() }
    }
}

impl Store {
    /// Commits a group, whole or not at all; returns what became of each, in order. Repeats within
    /// the group are right: the first is new, the others are duplicates.
    pub async fn record(&self, group: &[DeliveryRecord]) -> Result<Vec<Recorded>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.try_record(group).await {
                Err(error)
                    if error.kind() == super::StoreErrorKind::Contention && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_record(&self, group: &[DeliveryRecord]) -> Result<Vec<Recorded>, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let mut plan = Plan::new(lock_refunds(&mut transaction, group).await?);
        let mut outcomes = Vec::with_capacity(group.len());
        let mut event_ids = Vec::with_capacity(group.len());
        for record in group {
            let (outcome, ids) = tell(&mut plan, record);
            outcomes.push(outcome);
            event_ids.push(ids);
        }
        insert_deliveries(&mut transaction, group, &outcomes, &event_ids).await?;
        write_refunds(&mut transaction, &plan).await?;
        transaction.commit().await?;
        lease.give_back();
        Ok(outcomes)
    }
}

fn tell(plan: &mut Plan, record: &DeliveryRecord) -> (Recorded, Vec<Uuid>) {
    let (events, if_recorded, if_duplicate) = match &record.content {
        Content::Refunds { events, if_recorded, if_duplicate, .. } => {
            (events, if_recorded, if_duplicate)
        }
        Content::Ignored { reply, .. } => return (Recorded::Ignored(reply.clone()), Vec::new()),
        Content::Unreadable { reply, .. } => {
            return (Recorded::Unreadable(reply.clone()), Vec::new());
        }
        Content::Undecryptable { reply } => {
            return (Recorded::Undecryptable(reply.clone()), Vec::new());
        }
    };
    let told: Vec<Told> = events
        .iter()
        .map(|event| Telling {
            provider: record.received.provider,
            account: &record.received.account,
            delivery_id: record.received.delivery_id,
            received_at: record.received.received_at,
            event,
        })
        .map(|telling| plan.tell(telling, new_id))
        .collect();
    let outcome = if told.iter().any(|told| told.is_new) {
        Recorded::New(if_recorded.clone())
    } else {
        Recorded::Duplicate(if_duplicate.clone())
    };
    (outcome, told.into_iter().map(|told| told.event_id).collect())
}

async fn lock_refunds(
    connection: &mut PgConnection,
    group: &[DeliveryRecord],
) -> Result<BTreeMap<Identity, Working>, StoreError> {
    let concerned: Vec<(&str, &RefundEvent)> = group
        .iter()
        .filter_map(|record| match &record.content {
            Content::Refunds { events, .. } => Some((record.received.account.as_str(), events)),
            Content::Ignored { .. }
            | Content::Unreadable { .. }
            | Content::Undecryptable { .. } => None,
        })
        .flat_map(|(account, events)| events.iter().map(move |event| (account, event)))
        .collect();
    if concerned.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (accounts, keys): (Vec<&str>, Vec<&str>) =
        concerned.iter().map(|(account, event)| (*account, event.key.as_str())).unzip();
    let orders: BTreeSet<(&str, &str)> = concerned
        .iter()
        .filter_map(|(account, event)| Some((*account, event.cumulative_within.as_deref()?)))
        .collect();
    lock_orders(connection, &orders).await?;
    let (order_accounts, order_numbers): (Vec<&str>, Vec<&str>) = orders.into_iter().unzip();
    let rows = sqlx::query(include_str!("sql/lock_refunds.sql"))
        .bind(accounts)
        .bind(keys)
        .bind(order_accounts)
        .bind(order_numbers)
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
        let working = Working {
            refund_id,
            is_stored: true,
            events: events.remove(&refund_id).unwrap_or_default(),
            first_received_at: row.try_get("first_received_at")?,
            last_received_at: row.try_get("last_received_at")?,
            updated_at: row.try_get("updated_at")?,
            delivery_count: row.try_get("delivery_count")?,
            stored_amount: row.try_get("amount_minor")?,
            is_told: false,
            counted: None,
            provider: row.try_get("provider")?,
        };
        let identity =
            Identity { account: row.try_get("account")?, refund_key: row.try_get("refund_key")? };
        refunds.insert(identity, working);
    }
    Ok(refunds)
}

/// Two refunds of one order may both be new, in two groups that cannot see each other's row: the
/// order itself is locked, before any refund is, in one order over all groups.
async fn lock_orders(
    connection: &mut PgConnection,
    orders: &BTreeSet<(&str, &str)>,
) -> Result<(), StoreError> {
    if orders.is_empty() {
        return Ok(());
    }
    let numbers: BTreeSet<i32> = orders
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

type KnownEvent = (Uuid, EventDigest, RefundEvent);

async fn read_events(
    connection: &mut PgConnection,
    refund_ids: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<KnownEvent>>, StoreError> {
    let rows: Vec<(Uuid, Json<StoredEvent>)> = sqlx::query_as(include_str!("sql/read_events.sql"))
        .bind(refund_ids)
        .fetch_all(connection)
        .await?;
    let mut events: BTreeMap<Uuid, Vec<KnownEvent>> = BTreeMap::new();
    for (refund_id, Json(stored)) in rows {
        let known = (stored.event_id, stored.digest, stored.event);
        events.entry(refund_id).or_default().push(known);
    }
    Ok(events)
}

async fn insert_deliveries(
    connection: &mut PgConnection,
    group: &[DeliveryRecord],
    outcomes: &[Recorded],
    event_ids: &[Vec<Uuid>],
) -> Result<(), StoreError> {
    let with = |record: &DeliveryRecord| match &record.content {
        Content::Refunds { .. } => None,
        Content::Ignored { reason, .. } => Some((*reason).to_owned()),
        Content::Unreadable { reason, .. } => Some(reason.clone()),
        Content::Undecryptable { .. } => Some("undecryptable".to_owned()),
    };
    let verdicts: Vec<&str> = outcomes.iter().map(Recorded::verdict).collect();
    let length =
        |record: &DeliveryRecord| i32::try_from(record.received.body.len()).unwrap_or(i32::MAX);
    let status = |reply: &Reply| i16::try_from(reply.status).unwrap_or(i16::MAX);
    let written = sqlx::query(include_str!("sql/insert_deliveries.sql"))
        .bind(group.iter().map(|record| record.received.delivery_id).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.received_at).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.provider).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.account.as_str()).collect::<Vec<_>>())
        .bind(verdicts)
        .bind(group.iter().map(with).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.key_id.as_str()).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.signature_form.as_str()).collect::<Vec<_>>())
        .bind(event_ids.iter().map(|ids| array_literal(ids)).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.peer.as_deref()).collect::<Vec<_>>())
        .bind(
            group.iter().map(|record| record.received.path_and_query.as_str()).collect::<Vec<_>>(),
        )
        .bind(group.iter().map(|record| record.received.headers.as_str()).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.body.as_slice()).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.received.body_sha256.as_slice()).collect::<Vec<_>>())
        .bind(group.iter().map(length).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|outcome| status(outcome.reply())).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|outcome| outcome.reply().body.as_str()).collect::<Vec<_>>())
        .bind(group.iter().map(|record| record.replayed_from).collect::<Vec<_>>())
        .execute(connection)
        .await?
        .rows_affected();
    expect_rows("deliveries", group.len(), written.try_into().unwrap_or(i64::MAX))
}

/// Arrays of arrays must be rectangular in Postgres, so each inner one travels as its text.
fn array_literal(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    format!("{{{}}}", ids.join(","))
}

async fn write_refunds(connection: &mut PgConnection, plan: &Plan) -> Result<(), StoreError> {
    let (new, stored) = plan.refund_records();
    let events = plan.event_records();
    if new.is_empty() && stored.is_empty() {
        return Ok(());
    }
    if !events.is_empty() {
        connection.execute(FEED_LOCK).await?;
    }
    let (event_count, new_count, stored_count): (i64, i64, i64) =
        sqlx::query_as(include_str!("sql/write_refunds.sql"))
            .bind(Json(as_json(events)?))
            .bind(Json(as_json(&new)?))
            .bind(Json(as_json(&stored)?))
            .fetch_one(connection)
            .await?;
    if new_count < i64::try_from(new.len()).unwrap_or(i64::MAX) {
        return Err(StoreError::contention("another instance recorded one of these refunds first"));
    }
    expect_rows("refund_events", events.len(), event_count)?;
    expect_rows("refunds", stored.len(), stored_count)
}

fn expect_rows(table: &str, meant: usize, written: i64) -> Result<(), StoreError> {
    if i64::try_from(meant).is_ok_and(|meant| meant == written) {
        return Ok(());
    }
    let message = format!("{table}: meant to write {meant} rows, the server wrote {written}");
    Err(StoreError::rejected(message))
}
