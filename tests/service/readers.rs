//! Look-ups need no right to write: a role that may only read, in a session that is read-only as on a
//! standby.

use serde_json::json;
use testing::database::Database;
use testing::many;
use testing::postgres;
use testing::program::{Ran, command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};

#[tokio::test]
async fn look_ups_work_in_sessions_that_cannot_write() {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, 40).await;
    let name = "select current_database() as name, current_setting('server_version') as version";
    let name = database.row(name).await["name"].as_str().unwrap().to_owned();
    // As on a standby: every transaction is read-only.
    let read_only = format!("alter database \"{name}\" set default_transaction_read_only = on");
    database.execute(&read_only).await;
    let directory = open_directory();
    let configuration = format!("{}{ACCOUNTS}", on_database(&url));
    std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
    let run = async |line: &str| -> Ran {
        let mut command = command(directory.path());
        command.args(["--config", "c.toml"]).args(line.split(' '));
        run_command(command).await
    };
    let refund = run("refunds list --json --limit 1 --columns refund_id").await;
    let refund: serde_json::Value = serde_json::from_str(refund.out.trim()).unwrap();
    assert_ne!(refund, json!(null));
    for (line, expected) in [
        ("refunds list", 0),
        ("refunds list --as-of today --json", 0),
        ("deliveries list", 0),
        (&format!("refunds show {}", refund["refund_id"].as_str().unwrap()), 0),
        ("status", 3),
        ("reports totals", 0),
        ("reports ageing --as-of today", 0),
        ("reports changed --as-of 2026-10-01", 0),
        ("audit list", 0),
        ("feed --after 0 --limit 3", 0),
    ] {
        let ran = run(line).await;
        assert_eq!(ran.status, expected, "{line}: {}", ran.err);
        assert!(!ran.out.is_empty() || line == "audit list", "{line}");
    }
    // Who exports is noted, so nothing is exported where that is not possible.
    for line in ["refunds list --csv", "deliveries list --csv", "reports totals --csv"] {
        let exported = run(line).await;
        assert_eq!((exported.status, exported.out.as_str()), (1, ""), "{line}");
        let expected =
            "refund-inbox: the audit must note who does this, and the database is read-only";
        assert!(exported.err.starts_with(expected), "{line}: {}", exported.err);
        assert_eq!(exported.err.lines().count(), 1, "{line}: {}", exported.err);
    }
    let resolved = run("refunds resolve R1 --note n").await;
    assert_eq!(resolved.status, 1, "{}", resolved.err);
    assert!(resolved.err.contains("read-only"), "{}", resolved.err);
}
