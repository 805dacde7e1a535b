//! `reports`: money and counts, for the month's end.

use std::path::Path;

use super::Failure;
use super::arguments::{ReportOptions, ReportsCommand};
use super::database::{Database, Sharing};
use super::list::{Format, Sheet, require_account};
use super::setup::{configuration, start_telemetry};
use super::terminal::times::Times;
use crate::query::ReportFilter;
use crate::store::{Aged, Changed, ReportQuery, Total};

pub(super) async fn run(config: Option<&Path>, command: &ReportsCommand) -> Result<(), Failure> {
    let (ReportsCommand::Totals(options)
    | ReportsCommand::Ageing(options)
    | ReportsCommand::Changed(options)) = command;
    let times = Times::of(&options.zone)?;
    let query = query(options, &times)?;
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
    let store = &database.store;
    let (columns, rows) = match command {
        ReportsCommand::Totals(_) => (&Total::COLUMNS[..], store.totals(&query).await),
        ReportsCommand::Ageing(_) => (&Aged::COLUMNS[..], store.ageing(&query, times.now).await),
        ReportsCommand::Changed(_) => (&Changed::COLUMNS[..], store.changed(&query, then).await),
    };
    database.close().await?;
    let format = Format::of(options.json, options.csv);
    let mut sheet = Sheet::new(format, columns, times);
    for row in rows? {
        sheet.add(row);
    }
    sheet.print()
}

fn query(options: &ReportOptions, times: &Times) -> Result<ReportQuery, Failure> {
    let filter = ReportFilter {
        account: options.account.clone(),
        provider: options.provider.clone(),
        since: options.since.clone(),
        until: options.until.clone(),
        as_of: options.as_of.clone(),
    };
    Ok(filter.query(times)?)
}
