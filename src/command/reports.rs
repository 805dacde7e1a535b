//! `reports`: money and counts, for the month's end.

use std::path::Path;

use super::Failure;
use super::arguments::{ReportOptions, ReportsCommand};
use super::database::{Database, Sharing};
use super::list::{Format, Sheet, require_account};
use super::setup::{configuration, start_telemetry};
use super::terminal::times::Times;
use super::user;
use crate::query::{ReportFilter, parameters};
use crate::store::{Action, Aged, Changed, ReportQuery, Row, Store, StoreError, Total};
use time::OffsetDateTime;

pub(super) async fn run(config: Option<&Path>, command: &ReportsCommand) -> Result<(), Failure> {
    let (ReportsCommand::Totals(options)
    | ReportsCommand::Ageing(options)
    | ReportsCommand::Changed(options)) = command;
    let times = Times::of(&options.zone)?;
    let filter = filter(options);
    let query = filter.query(&times)?;
    let then = match (command, query.as_of) {
        (ReportsCommand::Changed(_), None) => {
            let message =
                "--as-of: expected the time at which the period was closed, found nothing";
            return Err(Failure::Usage(message.to_owned()));
        }
        (_, as_of) => as_of.unwrap_or(times.now),
    };
    let configuration = configuration(config)?;
    require_account(&configuration.accounts, options.account.as_deref())?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let report = report(&database.store, command, &query, then, times.now).await;
    let format = Format::of(options.json, options.csv);
    let noted = match (&report, format) {
        (Ok(report), Format::Csv) => {
            let (subject, detail) = (format!("reports {}", report.name), parameters(&filter));
            user::note(&database.store, Action::Export, &subject, &detail).await
        }
        (Ok(_), Format::Json | Format::Table) | (Err(_), _) => Ok(()),
    };
    database.close().await?;
    noted?;
    let Report { columns, rows, .. } = report?;
    let mut sheet = Sheet::new(format, columns, times);
    for row in rows {
        sheet.add(row);
    }
    sheet.print()
}

/// A report with its rows.
struct Report {
    name: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

async fn report(
    store: &Store,
    command: &ReportsCommand,
    query: &ReportQuery,
    then: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Report, StoreError> {
    let (name, columns, rows) = match command {
        ReportsCommand::Totals(_) => ("totals", &Total::COLUMNS[..], store.totals(query).await?),
        ReportsCommand::Ageing(_) => {
            ("ageing", &Aged::COLUMNS[..], store.ageing(query, now).await?)
        }
        ReportsCommand::Changed(_) => {
            ("changed", &Changed::COLUMNS[..], store.changed(query, then).await?)
        }
    };
    Ok(Report { name, columns, rows })
}

fn filter(options: &ReportOptions) -> ReportFilter {
    ReportFilter {
        account: options.account.clone(),
        provider: options.provider.clone(),
        since: options.since.clone(),
        until: options.until.clone(),
        as_of: options.as_of.clone(),
    }
}
