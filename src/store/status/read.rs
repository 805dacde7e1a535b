//! Reads what waits for a person.

use sqlx::Row as _;
use time::OffsetDateTime;

use crate::store::{QuarantineLimits, Store, StoreError};

/// Rows in the default partition are counted up to this number.
const MOST_COUNTED: i64 = 10_000;

/// Something that waits for a person: a group of deliveries or of refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its kind: `unreadable`, `undecryptable`, `refused`, `conflicting`, `attention`,
    /// `unknown_status` or `pending`.
    pub kind: String,
    /// The account.
    pub account: String,
    /// The reason of refused deliveries.
    pub reason: Option<String>,
    /// How many wait.
    pub count: i64,
    /// When the oldest of them was received.
    pub oldest: OffsetDateTime,
    /// When the newest of them was received.
    pub newest: OffsetDateTime,
    /// The sum of the refunds, in minor units.
    pub amount_minor: Option<i64>,
    /// The currency of the refunds.
    pub currency: Option<String>,
    /// The decimals of its minor unit.
    pub currency_exponent: Option<i16>,
}

/// What an account receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountActivity {
    /// The account.
    pub account: String,
    /// When its last accepted delivery arrived.
    pub last_accepted: Option<OffsetDateTime>,
    /// How many deliveries were refused since, and not dismissed.
    pub refused: i64,
    /// When the first of them arrived.
    pub first_refused: Option<OffsetDateTime>,
    /// How many deliveries were usual in the last hours, if none arrived in them; counted up to 10
    /// for each of four weeks.
    pub usual: i64,
}

impl Store {
    /// Returns the deliveries and refunds that wait for a person. `alarms` has the accounts with an
    /// alarm for open refunds, and the time before which one must have been received to wait.
    pub async fn waiting(
        &self,
        alarms: &[(String, OffsetDateTime)],
    ) -> Result<Vec<Waiting>, StoreError> {
        let (accounts, before): (Vec<&str>, Vec<OffsetDateTime>) =
            alarms.iter().map(|(account, before)| (account.as_str(), *before)).unzip();
        let mut lease = self.lease().await?;
        let rows = sqlx::query(include_str!("waiting.sql"))
            .bind(accounts)
            .bind(before)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        let mut waiting = Vec::with_capacity(rows.len());
        for row in rows {
            waiting.push(Waiting {
                kind: row.try_get("kind")?,
                account: row.try_get("account")?,
                reason: row.try_get("reason")?,
                count: row.try_get("count")?,
                oldest: row.try_get("oldest")?,
                newest: row.try_get("newest")?,
                amount_minor: row.try_get("amount_minor")?,
                currency: row.try_get("currency")?,
                currency_exponent: row.try_get("currency_exponent")?,
            });
        }
        Ok(waiting)
    }

    /// Returns what accounts receive, as of `now`.
    pub async fn activity(
        &self,
        accounts: &[String],
        now: OffsetDateTime,
    ) -> Result<Vec<AccountActivity>, StoreError> {
        let mut lease = self.lease().await?;
        let rows = sqlx::query(include_str!("silence.sql"))
            .bind(accounts)
            .bind(now)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        let mut activity = Vec::with_capacity(rows.len());
        for row in rows {
            activity.push(AccountActivity {
                account: row.try_get("account")?,
                last_accepted: row.try_get("last_accepted")?,
                refused: row.try_get("refusals")?,
                first_refused: row.try_get("first_refused")?,
                usual: row.try_get("usual")?,
            });
        }
        Ok(activity)
    }

    /// Returns when each of these accounts last changed by a reload up to the time beside it.
    pub async fn last_reloads(
        &self,
        groups: &[(String, OffsetDateTime)],
    ) -> Result<Vec<Option<OffsetDateTime>>, StoreError> {
        let (accounts, until): (Vec<&str>, Vec<OffsetDateTime>) =
            groups.iter().map(|(account, until)| (account.as_str(), *until)).unzip();
        let mut lease = self.lease().await?;
        let reloads = sqlx::query_scalar(
            "select (
                 select max(at) from refund_inbox.audit
                 where action = 'reload' and subject = one.account and at <= one.until
             )
             from unnest($1::text[], $2::timestamptz[])
                 with ordinality as one (account, until, place)
             order by place",
        )
        .bind(accounts)
        .bind(until)
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        Ok(reloads)
    }

    /// Returns the accounts whose quarantine is full, so that each refused delivery evicts an older
    /// one, and how many deliveries each has.
    pub async fn full_quarantines(
        &self,
        limits: QuarantineLimits,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let mut lease = self.lease().await?;
        let full = sqlx::query_as(
            "select account, deliveries from refund_inbox.quarantine_usage
             where deliveries >= $1 or bytes >= $2 - $2 / 20
             order by account",
        )
        .bind(limits.deliveries)
        .bind(limits.bytes)
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        Ok(full)
    }

    /// Returns how many deliveries are in no month's partition, counted up to 10,000, and when the
    /// oldest of them was received.
    pub async fn in_default_partition(&self) -> Result<(i64, Option<OffsetDateTime>), StoreError> {
        let mut lease = self.lease().await?;
        let found = sqlx::query_as(
            "select count(*), min(received_at) from (
                 select received_at from refund_inbox.deliveries_default
                 order by received_at limit $1
             ) as counted",
        )
        .bind(MOST_COUNTED)
        .fetch_one(&mut *lease)
        .await?;
        lease.give_back();
        Ok(found)
    }
}
