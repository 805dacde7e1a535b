//! Brings the schema up to date.

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection, Executor};

use super::administrator::READER_ROLE;
use super::indexes::create_indexes;
use crate::store::connection::PLAN_WHOLE_TABLES;
use crate::store::{Store, StoreError, StoreErrorKind};

/// The result of [`Store::migrate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// The migrations that it ran, as `0001 deliveries`.
    pub applied: Vec<String>,
    /// How many migrations this program knows.
    pub known: usize,
    /// How many monthly partitions it created.
    pub partitions_made: i32,
    /// Whether the schema has migrations that this program does not know.
    pub is_newer_than_the_program: bool,
    /// The statements that a user who may create roles must run, because this user may not.
    pub statements_for_an_administrator: Option<&'static str>,
}

impl Store {
    /// Runs the missing migrations, creates the partitions of this month and the next ones, and
    /// creates the reader's role if this user may create roles. Several instances may call it at
    /// the same time.
    pub async fn migrate(&self, today: time::Date) -> Result<MigrationReport, StoreError> {
        let migrator = migrator();
        let mut lease = self.lease().await?;
        // A migration may take longer than the service's statements may. Because of these settings
        // the connection never goes back to the pool.
        lease.execute("set statement_timeout = 0").await?;
        lease.execute(PLAN_WHOLE_TABLES).await?;
        let before = applied_versions(&mut lease).await?;
        migrator.run(&mut *lease).await.map_err(describe)?;
        create_indexes(&mut lease).await?;
        let partitions_made = match self.create_partitions(today).await {
            Ok(made) => made,
            // A long read of deliveries blocks it, or another instance is creating them.
            // Maintenance tries again. Until then the default partition takes the rows.
            Err(error) if error.kind() == StoreErrorKind::Contention => 0,
            Err(error) => return Err(error),
        };
        let statements_for_an_administrator = reader_role(&mut lease).await?;
        drop(lease);

        let applied = migrator
            .iter()
            .filter(|migration| !before.contains(&migration.version))
            .map(name)
            .collect();
        Ok(MigrationReport {
            applied,
            known: migrator.iter().count(),
            partitions_made,
            is_newer_than_the_program: before
                .iter()
                .any(|version| !migrator.version_exists(*version)),
            statements_for_an_administrator,
        })
    }
}

/// Returns the migrations that this program knows.
pub(super) fn migrator() -> Migrator {
    let mut migrator: Migrator = sqlx::migrate!("./migrations");
    migrator.create_schema("refund_inbox");
    migrator.dangerous_set_table_name("refund_inbox.schema_migrations");
    // An older program must run on a newer schema, because it may be restarted during a roll-out or
    // after a roll-back.
    migrator.set_ignore_missing(true);
    migrator
}

/// Returns a migration's number and name, as `0001 deliveries`.
pub(super) fn name(migration: &Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}

pub(super) async fn applied_versions(
    connection: &mut sqlx::PgConnection,
) -> Result<Vec<i64>, StoreError> {
    let there: bool =
        sqlx::query_scalar("select to_regclass('refund_inbox.schema_migrations') is not null")
            .fetch_one(&mut *connection)
            .await?;
    if !there {
        return Ok(Vec::new());
    }
    let versions = "select version from refund_inbox.schema_migrations where success";
    Ok(sqlx::query_scalar(versions).fetch_all(connection).await?)
}

async fn reader_role(
    connection: &mut sqlx::PgConnection,
) -> Result<Option<&'static str>, StoreError> {
    let may_create: bool = sqlx::query_scalar(
        "select rolsuper or rolcreaterole from pg_roles where rolname = current_user",
    )
    .fetch_one(&mut *connection)
    .await?;
    let may_read: bool = sqlx::query_scalar(
        "select coalesce(bool_or(
             has_table_privilege(oid, 'refunds_v1.refunds', 'select')
             and has_table_privilege(oid, 'refunds_v1.refund_history', 'select')
         ), false)
         from pg_roles where rolname = 'refunds_reader'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if may_create {
        let mut transaction = connection.begin().await?;
        // Without the lock, several instances could update one catalogue row at the same time and
        // fail.
        transaction.execute("select pg_advisory_xact_lock(7301946318027151)").await?;
        transaction.execute(READER_ROLE).await?;
        transaction.commit().await?;
        return Ok(None);
    }
    Ok((!may_read).then_some(READER_ROLE))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's enumeration is open")]
fn describe(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::corrupt(format!("cannot migrate the schema: {other}")),
    }
}
