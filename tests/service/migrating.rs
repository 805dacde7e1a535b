//! The command `migrate`: what it does, what it would do, and what it prints for others to run.

use testing::postgres;
use testing::program::{Ran, command, run, run_command};

/// Runs `migrate` with these arguments on the database of this URL.
async fn migrate(url: &str, arguments: &[&str]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let mut command = command(directory.path());
    command.arg("migrate").args(arguments).env("REFUND_INBOX__DATABASE__URL", url);
    let ran = run_command(command).await;
    assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
    ran
}

#[tokio::test]
async fn migrate_reports_what_it_did_and_then_that_the_schema_is_up_to_date() {
    let url = postgres::shared().empty_database().await;
    let first = migrate(&url, &[]).await;
    assert!(first.out.starts_with("ran 0001 deliveries\nran 0002 refunds\n"), "{}", first.out);
    let second = migrate(&url, &[]).await;
    assert!(second.out.starts_with("up to date"), "{}", second.out);
}

#[tokio::test]
async fn a_dry_run_says_what_migrate_then_does_and_does_nothing() {
    let url = postgres::shared().empty_database().await;
    let planned = migrate(&url, &["--dry-run"]).await;
    assert_eq!(migrate(&url, &["--dry-run"]).await.out, planned.out, "the first changed something");
    let migrations = |text: &str, begin: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(begin).map(str::to_owned)).collect()
    };
    let would_run = migrations(&planned.out, "would run ");
    assert!(would_run.len() > 10, "{}", planned.out);
    assert!(planned.out.contains("\nwould create 3 monthly partitions\n"), "{}", planned.out);
    assert!(planned.out.contains("would build the index refunds_by_order\n"), "{}", planned.out);
    assert_eq!(migrations(&migrate(&url, &[]).await.out, "ran "), would_run);

    let known = would_run.len();
    let nothing = format!("up to date: all {known} migrations have run\n");
    assert_eq!(migrate(&url, &["--dry-run"]).await.out, nothing);
    let database = testing::database::Database::new(&url);
    database.execute("drop index refund_inbox.refunds_by_order").await;
    let missing = format!("{nothing}would build the index refunds_by_order\n");
    assert_eq!(migrate(&url, &["--dry-run"]).await.out, missing);
    assert_eq!(database.count("pg_class where relname = 'refunds_by_order'").await, 0);
}

#[tokio::test]
async fn a_dry_run_makes_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(directory.path(), &["migrate", "--dry-run"]).await;
    assert_eq!(ran.status, 2, "{}", ran.err);
    assert!(ran.err.contains("no database: expected --config"), "{}", ran.err);
    assert!(!directory.path().join(".refund-inbox").exists());
}

#[tokio::test]
async fn what_is_printed_for_an_administrator_can_be_run_again_and_again() {
    let database = testing::database::Database::new(&postgres::shared().database().await);
    let directory = tempfile::tempdir().unwrap();
    for (what, created) in [
        ("role", "pg_roles where rolname = 'refunds_reader'"),
        ("publication", "pg_publication where pubname = 'refunds_v1'"),
        ("publication", "pg_roles where rolname = 'refunds_replication' and rolreplication"),
    ] {
        // It needs neither a configuration nor a database.
        let printed = run(directory.path(), &["migrate", "--print", what]).await;
        assert_eq!(printed.status, 0, "{what}: {}", printed.err);
        database.execute(&printed.out).await;
        database.execute(&printed.out).await;
        assert_eq!(database.count(created).await, 1, "{what}");
    }
    for wrong in [&["--print", "all"][..], &["--print", "role", "--dry-run"]] {
        let ran = run(directory.path(), &[&["migrate"], wrong].concat()).await;
        assert_eq!((ran.status, ran.err.lines().count()), (2, 1), "{wrong:?}: {}", ran.err);
    }
}
