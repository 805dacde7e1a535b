//! Drops months of deliveries that are older than they are kept.
//!
//! A month in which something waits stays, and `status` says so. A partition is detached and dropped
//! in two transactions: only the first one locks the whole table, and only for a moment.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use time::{Date, Month, OffsetDateTime};

use super::is_alone;
use crate::store::{Store, StoreError};

/// The most deliveries that are removed one by one in a step: refused ones, and those in no month's
/// partition.
const ROWS_AT_ONCE: i64 = 500;

/// What the names of the partitions begin with. The year and the month follow.
const PARTITION: &str = "deliveries_";

/// What is put before the name of a partition that is detached. A partition that an operator has
/// detached keeps its name, and stays.
const DETACHED: &str = "dropped_";

/// What a step has done with old months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Months {
    /// The months that it dropped, by their first days.
    pub dropped: Vec<Date>,
    /// The months that stay because something in them waits.
    pub kept: Vec<Date>,
}

/// A month that is older than it is kept, and in which something waits.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptMonth {
    /// Its first day.
    pub month: Date,
    /// How many of its deliveries wait.
    pub count: i64,
    /// When the oldest of them was received.
    pub oldest: OffsetDateTime,
    /// Whether unreadable ones are among them. The others are those of refunds that need attention.
    pub has_unreadable: bool,
}

/// What became of an old month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OldMonth {
    Detached,
    SomethingWaits,
    AnotherInstanceIsAtIt,
}

impl Store {
    /// Drops the months of deliveries before the one that begins on `first_kept`, except those in
    /// which something waits. If another instance is at it, does nothing.
    pub async fn drop_months(&self, first_kept: Date) -> Result<Months, StoreError> {
        let mut months = Months::default();
        for (partition, month) in self.old_months(first_kept).await? {
            match self.detach(&partition, month).await? {
                OldMonth::Detached => months.dropped.push(month),
                OldMonth::SomethingWaits => months.kept.push(month),
                OldMonth::AnotherInstanceIsAtIt => return Ok(months),
            }
        }
        self.drop_detached().await?;
        self.remove_rows(first_kept, &months.kept).await?;
        Ok(months)
    }

    /// Returns the months that stay although they are old, and what waits in them now.
    pub async fn kept_months(&self) -> Result<Vec<KeptMonth>, StoreError> {
        let mut lease = self.lease().await?;
        let kept = sqlx::query_as(include_str!("kept_months.sql")).fetch_all(&mut *lease).await?;
        lease.give_back();
        Ok(kept)
    }

    /// Returns the partitions of months before `first_kept`, with their months.
    async fn old_months(&self, first_kept: Date) -> Result<Vec<(String, Date)>, StoreError> {
        let mut lease = self.lease().await?;
        let names: Vec<String> = sqlx::query_scalar(
            "select relname::text
             from pg_inherits
             join pg_class on pg_class.oid = inhrelid
             where inhparent = to_regclass('refund_inbox.deliveries')
             order by 1",
        )
        .fetch_all(&mut *lease)
        .await?;
        lease.give_back();
        let of_month = |name: String| month_of(&name).map(|month| (name, month));
        let months = names.into_iter().filter_map(of_month);
        Ok(months.filter(|(_, month)| *month < first_kept).collect())
    }

    /// Detaches the partition of a month, unless something in it waits. It asks before it locks the
    /// table, and once more when nothing can begin to wait any more.
    async fn detach(&self, partition: &str, month: Date) -> Result<OldMonth, StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        let mut outcome = OldMonth::Detached;
        if !is_alone(&mut transaction).await? {
            outcome = OldMonth::AnotherInstanceIsAtIt;
        } else if waits_in(&mut transaction, month).await? {
            outcome = OldMonth::SomethingWaits;
        } else {
            transaction
                .execute("lock table refund_inbox.deliveries in access exclusive mode")
                .await?;
            if waits_in(&mut transaction, month).await? {
                outcome = OldMonth::SomethingWaits;
            } else {
                // The names come from the catalogue and have the form that `month_of` accepts.
                let statements = format!(
                    "alter table refund_inbox.deliveries detach partition refund_inbox.{partition};
                     alter table refund_inbox.{partition} rename to {DETACHED}{partition}"
                );
                transaction.execute(AssertSqlSafe(statements)).await?;
            }
        }
        match outcome {
            OldMonth::Detached => transaction.commit().await?,
            OldMonth::SomethingWaits | OldMonth::AnotherInstanceIsAtIt => {
                transaction.rollback().await?;
            }
        }
        lease.give_back();
        Ok(outcome)
    }

    /// Drops the partitions that were detached, now or by an earlier step that did not finish.
    async fn drop_detached(&self) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        let names: Vec<String> = sqlx::query_scalar(
            "select relname::text from pg_class
             where relnamespace = to_regnamespace('refund_inbox') and relkind = 'r'
                 and relname like 'dropped\\_deliveries\\_%'",
        )
        .fetch_all(&mut *lease)
        .await?;
        for name in names {
            let is_ours = name.strip_prefix(DETACHED).and_then(month_of).is_some();
            if is_ours {
                let statement = format!("drop table refund_inbox.{name}");
                lease.execute(AssertSqlSafe(statement)).await?;
            }
        }
        lease.give_back();
        Ok(())
    }

    /// Removes refused deliveries and those in no month's partition that are as old and do not wait,
    /// notes which months stay, and removes the data keys of months that are gone.
    async fn remove_rows(&self, first_kept: Date, kept: &[Date]) -> Result<(), StoreError> {
        let mut lease = self.lease().await?;
        let mut transaction = lease.begin().await?;
        if is_alone(&mut transaction).await? {
            for statement in
                [include_str!("remove_outside.sql"), include_str!("remove_refused.sql")]
            {
                sqlx::query(statement)
                    .bind(first_kept)
                    .bind(ROWS_AT_ONCE)
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query(include_str!("note_kept_months.sql"))
                .bind(kept)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(include_str!("remove_data_keys.sql"))
                .bind(first_kept)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        lease.give_back();
        Ok(())
    }
}

/// Returns whether something in the month waits.
async fn waits_in(connection: &mut PgConnection, month: Date) -> Result<bool, StoreError> {
    let waits = sqlx::query_scalar(include_str!("waits_in_month.sql")).bind(month);
    Ok(waits.fetch_one(connection).await?)
}

/// Returns the month of the partition with this name, by its first day. The default partition has
/// none.
fn month_of(partition: &str) -> Option<Date> {
    let (year, month) = partition.strip_prefix(PARTITION)?.split_once('_')?;
    let is_number =
        |text: &str, digits| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(year, 4) || !is_number(month, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, 1).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::month_of;

    #[test]
    fn only_the_name_of_a_months_partition_has_a_month() {
        assert_eq!(month_of("deliveries_2026_01"), Some(date!(2026 - 01 - 01)));
        for other in [
            "deliveries_default",
            "deliveries_2026_13",
            "deliveries_2026_1",
            "deliveries_2026_01; drop",
            "dropped_deliveries_2026_01",
            "refused_deliveries",
        ] {
            assert_eq!(month_of(other), None, "{other}");
        }
    }
}
