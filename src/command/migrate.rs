//! `migrate`: migrates the schema to the newest version, or prints what it would do or what somebody
//! else must run.

use std::path::Path;

use super::arguments::{MigrateOptions, Printed};
use super::database::{Database, Sharing};
use super::setup::{configuration, start_telemetry};
use super::terminal::output;
use super::{Failure, data_keys};
use crate::clock::Clock;
use crate::store::{MigrationReport, PUBLICATION, PlannedMigration, READER_ROLE, Store};

pub(super) async fn run(config: Option<&Path>, options: &MigrateOptions) -> Result<(), Failure> {
    match options.print {
        Some(Printed::Role) => return output::line(READER_ROLE.trim_end()),
        Some(Printed::Publication) => return output::line(PUBLICATION.trim_end()),
        None => {}
    }
    if options.dry_run {
        return dry_run(config).await;
    }
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::Shared).await?;
    let outcome = async {
        database.wait(&configuration.database).await?;
        let report = database.store.migrate(Clock::System.now().date()).await?;
        Ok::<_, Failure>((report, data_keys::prepare(&database.store).await))
    }
    .await;
    database.close().await?;
    let (report, again) = outcome?;
    if report.applied.is_empty() {
        output::line(format!("up to date: all {} migrations have run", report.known))?;
    }
    for migration in &report.applied {
        output::line(format!("ran {migration}"))?;
    }
    if report.partitions_made > 0 {
        output::line(format!("created {} monthly partitions", report.partitions_made))?;
    }
    if report.is_newer_than_the_program {
        output::line("the schema is newer than this program: it was migrated by a later version")?;
    }
    if let Some(statements) = report.statements_for_an_administrator {
        output::line(
            "this database user may not create roles; an administrator must run these statements, so that \
             other services can read refunds:\n",
        )?;
        output::line(statements)?;
    }
    match again? {
        0 => Ok(()),
        again => {
            output::line(format!("wrapped {again} data keys with the newest key of [at_rest]"))
        }
    }
}

/// Prints what a migration would do.
async fn dry_run(config: Option<&Path>) -> Result<(), Failure> {
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let planned = database.store.planned_migration(Clock::System.now().date()).await;
    database.close().await?;
    let PlannedMigration { migrations, known, indexes, partitions, is_newer_than_the_program } =
        planned?;
    if migrations.is_empty() {
        output::line(format!("up to date: all {known} migrations have run"))?;
    }
    for migration in migrations {
        output::line(format!("would run {migration}"))?;
    }
    for index in indexes {
        output::line(format!("would build the index {index}"))?;
    }
    if partitions > 0 {
        output::line(format!("would create {partitions} monthly partitions"))?;
    }
    if is_newer_than_the_program {
        output::line("the schema is newer than this program: it was migrated by a later version")?;
    }
    Ok(())
}

/// Migrates the schema before serving, and logs the result.
pub(super) async fn migrate(store: &Store) -> Result<(), Failure> {
    let report = store.migrate(Clock::System.now().date()).await?;
    let MigrationReport {
        applied, is_newer_than_the_program, statements_for_an_administrator, ..
    } = &report;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.len(), "schema migrated");
    }
    if *is_newer_than_the_program {
        tracing::warn!("the schema is newer than this program: it was migrated by a later version");
    }
    if statements_for_an_administrator.is_some() {
        tracing::warn!(
            "this database user may not create the role refunds_reader: `refund-inbox migrate` \
             prints the statements for an administrator"
        );
    }
    Ok(())
}
