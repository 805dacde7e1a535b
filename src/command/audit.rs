//! `audit list`: shows what people did.

use std::path::Path;

use serde_json::json;

use super::Failure;
use super::arguments::{AuditCommand, AuditListOptions};
use super::database::{Database, Sharing};
use super::setup::{configuration, start_telemetry};
use super::terminal::output;
use super::terminal::table::{Table, TableColumn};
use super::terminal::times::Times;
use crate::store::AuditRow;

pub(super) async fn run(config: Option<&Path>, command: &AuditCommand) -> Result<(), Failure> {
    let AuditCommand::List(options) = command;
    let times = Times::of(&options.zone)?;
    let since = times.read("since", options.since.as_deref())?;
    let until = times.read("until", options.until.as_deref())?;
    let configuration = configuration(config)?;
    start_telemetry(&configuration)?;
    let database = Database::open(&configuration, Sharing::LookUp).await?;
    let rows = database.store.audit(since, until, options.limit).await;
    database.close().await?;
    print(rows?, options, &times)
}

fn print(rows: Vec<AuditRow>, options: &AuditListOptions, times: &Times) -> Result<(), Failure> {
    if options.json {
        return rows.iter().try_for_each(|row| {
            let AuditRow { at, who, via, action, subject, detail } = row;
            output::json_line(&json!({
                "at": times.show(*at), "who": who, "via": via, "action": action,
                "subject": subject, "detail": detail,
            }))
        });
    }
    let mut table = Table::new([
        TableColumn::time("at"),
        TableColumn::text("who"),
        TableColumn::text("via").droppable(1),
        TableColumn::text("action"),
        TableColumn::text("subject"),
        TableColumn::text("detail").below(2),
    ]);
    for AuditRow { at, who, via, action, subject, detail } in rows {
        let at = times.show(at);
        table.row([at, who, via, action, subject, detail].map(Into::into));
    }
    output::show(table)
}
