//! Each table of the commands, in a narrow and in a wide terminal, as the files in `tests/golden` have
//! it.

use std::path::Path;

use testing::database::Database;
use testing::many;
use testing::postgres;
use testing::program::{command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};

use crate::documented::scene::Scene;

/// What people did, at fixed times.
const AUDIT: &str = "insert into refund_inbox.audit
        (audit_id, at, who, via, action, subject, detail)
    values
        ('01a2009b-2fa0-7089-8000-000000000001', '2026-11-22T00:15:00Z', 'ana', 'command',
         'resolve', 'R1', 'the bank explained why it took the money back after three days'),
        ('01a2009b-2fa0-7089-8000-000000000002', '2026-11-22T00:16:00Z', 'refund-inbox', 'reload',
         'reload', 'hk', 'changed: secrets'),
        ('01a2009b-2fa0-7089-8000-000000000003', '2026-11-22T00:17:00Z', 'bo', 'api', 'dismiss',
         '01a2009b-2fa0-7089', E'a control \\x1b[31m character')";

/// The report of the refunds of some days.
const CHANGED: &str = "reports changed --since 2026-09-25 --until 2026-10-05 --as-of 2026-10-01";

/// The commands with a table, each with the name of its file.
const TABLES: [(&str, &str); 11] = [
    ("audit", "audit list"),
    ("acks", "acks eftpay"),
    ("check-config", "check-config"),
    ("totals", "reports totals"),
    ("totals-as-of", "reports totals --as-of 2026-10-15 --since 2026-09-15"),
    ("ageing", "reports ageing --as-of 2026-11-23"),
    ("changed", CHANGED),
    ("refunds", "refunds list --limit 9 --attention"),
    ("refund-with-flags", "refunds show R27"),
    ("deliveries", "deliveries list --limit 9 --verdict refused,unreadable"),
    ("status", "status"),
];

/// The commands about one refund or one delivery, each with the name of its file.
const OF_ONE: [(&str, &str); 6] = [
    ("refund", "refunds show R-1001"),
    ("explain", "refunds explain R-1001"),
    ("delivery", "deliveries show 01a21a84-4a40"),
    ("refused-delivery", "deliveries show 01a21e71-8831"),
    ("why", "deliveries why 01a21e71-8831"),
    ("why-recorded", "deliveries why 01a21a84-4a40"),
];

#[tokio::test]
async fn every_table_is_as_its_file_says_and_fits_the_terminal() {
    let database_url = postgres::shared().database().await;
    let database = Database::new(&database_url);
    many::write(&database, 120).await;
    database.execute(AUDIT).await;
    let answered = "update refund_inbox.deliveries set recorded_at = received_at + interval '3 ms'";
    database.execute(answered).await;
    let directory = open_directory();
    let url = "postgres://reader:not-shown@db.example/refunds";
    let public = "[http]\npublic_url = \"https://pay.example\"\n";
    let shown = format!("{public}{}{ACCOUNTS}", on_database(url));
    std::fs::write(directory.path().join("shown.toml"), shown).unwrap();
    let usual = format!("{public}{}{ACCOUNTS}", on_database(&database_url));
    std::fs::write(directory.path().join("c.toml"), usual).unwrap();
    for (name, line) in TABLES {
        if name == "status" {
            // What is silent, and what is in no month's partition, depends on the date.
            database.execute("delete from refund_inbox.deliveries").await;
        }
        let file = if name == "check-config" { "shown.toml" } else { "c.toml" };
        let expected = if name == "status" { 3 } else { 0 };
        is_as_its_file(directory.path(), name, &format!("--config {file} {line}"), expected).await;
    }
}

#[tokio::test]
async fn every_table_about_one_refund_or_delivery_is_as_its_file_says_and_fits_the_terminal() {
    let scene = Scene::prepare().await;
    for (name, line) in OF_ONE {
        let line = format!("--config refund-inbox.toml {line}");
        is_as_its_file(scene.directory.path(), name, &line, 0).await;
    }
}

/// Requires that a command prints what its files say, and nothing too wide for the terminal.
async fn is_as_its_file(directory: &Path, name: &str, line: &str, status: i32) {
    for columns in [80, 140] {
        let mut command = command(directory);
        command.args(line.split(' ')).env("COLUMNS", columns.to_string());
        let ran = run_command(command).await;
        assert_eq!(ran.status, status, "{line}: {}", ran.err);
        testing::golden::check(&format!("tables/{name}-{columns}.txt"), &ran.out);
        // What has to be copied whole, such as a body, stands on one line of its own, indented.
        let is_whole = |line: &str| line.starts_with("  ") && !line.starts_with("   ");
        let is_wide = |line: &&str| line.chars().count() > columns && !is_whole(line);
        let wide: Vec<&str> = ran.out.lines().filter(is_wide).collect();
        assert!(wide.is_empty(), "{line} at {columns}: {wide:#?}");
        let is_control = |it: char| it.is_control() && it != '\n';
        assert!(!ran.out.contains(is_control), "{line}: {}", ran.out);
    }
}
