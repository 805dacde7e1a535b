//! Reads what waits, prints it, and says so by the exit status.

use std::path::Path;

use crate::command::Failure;
use crate::command::arguments::StatusOptions;
use crate::command::database::{Database, Sharing};
use crate::command::setup::{configuration, start_telemetry};
use crate::command::terminal::output;
use crate::command::terminal::table::{Table, TableColumn};
use crate::command::terminal::times::Times;
use crate::lookup::{StatusRow, status};
use refund_providers::refund::money::in_major_units;

pub(in crate::command) async fn run(
    config: Option<&Path>,
    options: &StatusOptions,
) -> Result<(), Failure> {
    let times = Times::of(&options.zone)?;
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let accounts: Vec<_> = configuration.accounts.iter().collect();
    let quarantine = (&configuration.quarantine).into();
    let rows = status(&accounts, quarantine, &database.store, &times).await;
    database.close().await?;
    let rows = rows?;
    if options.json {
        rows.iter().try_for_each(|row| output::json_line(&row.to_json()))?;
    } else if rows.is_empty() {
        output::line("nothing waits")?;
    } else {
        output::show(table(&rows, &times))?;
    }
    if rows.is_empty() { Ok(()) } else { Err(Failure::SomethingWaits) }
}

/// Returns the rows as a table.
pub(in crate::command) fn table(rows: &[StatusRow], times: &Times) -> Table {
    let mut table = Table::new([
        TableColumn::text("what waits"),
        TableColumn::text("account"),
        TableColumn::number("count"),
        TableColumn::time("oldest"),
        TableColumn::time("newest").droppable(2),
        TableColumn::number("money"),
        TableColumn::text("note").below(3),
        TableColumn::command("next").below(3),
    ]);
    for row in rows {
        let money = row.amount_minor.zip(row.currency.as_ref()).map(|(minor, currency)| {
            let exponent = row.currency_exponent.and_then(|exponent| exponent.try_into().ok());
            format!("{} {currency}", in_major_units(minor, exponent.unwrap_or_default()))
        });
        let time = |at: Option<_>| at.map_or("–".to_owned(), |at| times.show(at));
        let note = [row.reason.as_deref(), row.note.as_deref()];
        let note: Vec<&str> = note.into_iter().flatten().collect();
        table.row([
            row.kind.words().into(),
            row.account.as_deref().unwrap_or("–").into(),
            row.count.to_string().into(),
            time(row.oldest).into(),
            time(row.newest).into(),
            money.unwrap_or("–".to_owned()).into(),
            note.join(": ").into(),
            row.next.as_str().into(),
        ]);
    }
    table
}
