//! Finds out what a migration would do, and changes nothing.

use sqlx::Executor;
use time::{Date, Month};

use super::indexes::missing_indexes;
use super::migrate::{applied_versions, migrator, name};
use super::partitions::MONTHS_AHEAD;
use crate::store::connection::PLAN_WHOLE_TABLES;
use crate::store::{Store, StoreError};

/// What [`Store::migrate`] would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMigration {
    /// The migrations that it would run, as `0001 deliveries`.
    pub migrations: Vec<String>,
    /// How many migrations this program knows.
    pub known: usize,
    /// The indexes that it would build.
    pub indexes: Vec<String>,
    /// How many monthly partitions it would create. It leaves a month out whose deliveries are in the
    /// default partition.
    pub partitions: usize,
    /// Whether the schema has migrations that this program does not know.
    pub is_newer_than_the_program: bool,
}

impl Store {
    /// Returns what [`Store::migrate`] would do today.
    pub async fn planned_migration(&self, today: Date) -> Result<PlannedMigration, StoreError> {
        let migrator = migrator();
        let mut lease = self.lease().await?;
        // Because of this setting the connection does not go back to the pool.
        lease.execute(PLAN_WHOLE_TABLES).await?;
        let applied = applied_versions(&mut lease).await?;
        let indexes = missing_indexes(&mut lease).await?;
        let partitions: Vec<String> = sqlx::query_scalar(
            "select name from unnest($1::text[]) as wanted (name)
             where to_regclass('refund_inbox.' || name) is null",
        )
        .bind(partitions_from(today))
        .fetch_all(&mut *lease)
        .await?;
        drop(lease);
        let missing = migrator.iter().filter(|migration| !applied.contains(&migration.version));
        Ok(PlannedMigration {
            migrations: missing.map(name).collect(),
            known: migrator.iter().count(),
            indexes,
            partitions: partitions.len(),
            is_newer_than_the_program: applied
                .iter()
                .any(|version| !migrator.version_exists(*version)),
        })
    }
}

/// Returns the names of the partitions of the month of `today` and of the next ones, as
/// `create_delivery_partitions` names them.
fn partitions_from(today: Date) -> Vec<String> {
    let (mut year, mut month) = (today.year(), today.month());
    let mut names = Vec::new();
    for _ in 0..MONTHS_AHEAD {
        names.push(format!("deliveries_{year:04}_{:02}", u8::from(month)));
        month = month.next();
        if month == Month::January {
            year += 1;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::partitions_from;

    #[test]
    fn the_months_go_on_in_the_next_year() {
        assert_eq!(
            partitions_from(date!(2026 - 11 - 30)),
            ["deliveries_2026_11", "deliveries_2026_12", "deliveries_2027_01"]
        );
    }
}
