//! The commands that list: their options, formats, pages and errors.

use serde_json::Value;
use tempfile::TempDir;
use testing::database::Database;
use testing::many;
use testing::postgres;
use testing::program::{Ran, command, run, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};

/// A directory with a configuration, on a database with many rows.
struct Scene {
    directory: TempDir,
    database: Database,
}

async fn scene(refunds: u32) -> Scene {
    let url = postgres::shared().database().await;
    let database = Database::new(&url);
    many::write(&database, refunds).await;
    let directory = open_directory();
    let configuration = format!("{}{ACCOUNTS}", on_database(&url));
    std::fs::write(directory.path().join("c.toml"), configuration).unwrap();
    Scene { directory, database }
}

impl Scene {
    async fn run(&self, line: &str) -> Ran {
        self.run_at(None, line).await
    }

    /// Runs a command in a terminal of this many columns.
    async fn run_at(&self, columns: Option<u32>, line: &str) -> Ran {
        let mut command = command(self.directory.path());
        command.args(["--config", "c.toml"]).args(line.split(' '));
        command.env_remove("COLUMNS");
        if let Some(columns) = columns {
            command.env("COLUMNS", columns.to_string());
        }
        run_command(command).await
    }
}

fn json(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn pages_continue_where_the_last_line_on_standard_error_says() {
    let scene = scene(40).await;
    for list in ["refunds list", "deliveries list", "refunds list --sort -amount_minor"] {
        let whole = scene.run(&format!("{list} --json --limit 2000")).await;
        assert_eq!((whole.status, whole.err.as_str()), (0, ""), "{list}");
        let mut pages = Vec::new();
        let mut after = String::new();
        loop {
            let page = scene.run(&format!("{list} --json --limit 17{after}")).await;
            assert_eq!(page.status, 0, "{}", page.err);
            pages.extend(json(&page));
            let Some(next) = page.err.lines().last() else { break };
            after = format!(" {}", next.strip_prefix("next: ").unwrap());
        }
        assert_eq!(pages, json(&whole), "{list}");
        assert!(pages.len() > 17);
    }
}

#[tokio::test]
async fn filters_select_and_columns_choose() {
    let scene = scene(60).await;
    let count =
        async |line: &str| json(&scene.run(&format!("{line} --json --limit 999")).await).len();
    let rows = async |from: &str| usize::try_from(scene.database.count(from).await).unwrap();
    let v1 = "refunds_v1.refunds where";
    assert_eq!(
        count("refunds list --account hk --status succeeded,failed").await,
        rows(&format!("{v1} account = 'hk' and status in ('succeeded', 'failed')")).await
    );
    assert_eq!(
        count("refunds list --amount 0..5000 --currency hkd").await,
        rows(&format!("{v1} currency = 'HKD' and amount_minor <= 500000")).await
    );
    assert_eq!(
        count("refunds list --older-than 1s --since 2026-10-01 --until 2026-11-01").await,
        rows(&format!(
            "{v1} first_received_at >= '2026-10-01' and first_received_at < '2026-11-01'"
        ))
        .await
    );
    assert_eq!(
        count("deliveries list --verdict undecryptable").await,
        rows("refunds_v1.deliveries where reason = 'undecryptable'").await
    );
    assert_eq!(count("refunds list --as-of 2026-01-01").await, 0);
    let refund = &json(&scene.run("refunds list --json --limit 1").await)[0];
    let of_refund = format!("deliveries list --refund {}", refund["refund_id"].as_str().unwrap());
    let events = refund["event_count"].as_u64().unwrap();
    assert_eq!(count(&of_refund).await as u64, events * 3);

    let chosen = scene.run("refunds list --columns status,amount,refund_id --json --limit 1").await;
    let line = chosen.out.lines().next().unwrap();
    assert!(line.starts_with("{\"status\":"), "{line}");
    assert_eq!(line.matches("\":").count(), 3, "{line}");
}

#[tokio::test]
async fn json_and_csv_have_the_columns_of_the_view_in_its_order() {
    let scene = scene(5).await;
    let json = scene.run("refunds list --json --limit 1").await;
    assert!(json.out.starts_with("{\"refund_id\":\""), "{}", json.out);
    let csv = scene.run("refunds list --csv --zone Asia/Hong_Kong").await;
    let mut lines = csv.out.strip_prefix('\u{feff}').unwrap().split("\r\n");
    let heading = lines.next().unwrap();
    assert!(heading.starts_with("refund_id,provider,account,merchant_refund_id"), "{heading}");
    assert!(heading.ends_with(",amount"), "{heading}");
    assert_eq!(csv.out.matches("\r\n").count(), 6);
    assert!(csv.out.contains("+08:00"), "{}", csv.out);
    let deliveries = scene.run("deliveries list --csv --limit 1").await;
    assert!(deliveries.out.starts_with("\u{feff}delivery_id,received_at,"), "{}", deliveries.out);
}

#[tokio::test]
async fn tables_fit_the_terminal() {
    let scene = scene(30).await;
    for (columns, line) in [
        (80, "refunds list"),
        (140, "refunds list --zone Asia/Hong_Kong"),
        (80, "deliveries list"),
        (140, "deliveries list"),
        (60, "deliveries list --verdict refused"),
        (80, "refunds list --columns refund_id,first_received_at,amount,merchant_order_id,flags"),
    ] {
        let ran = scene.run_at(Some(columns), &format!("{line} --limit 6")).await;
        let name = format!("{} {columns}", line.replace(['-', '_', ',', '/'], " "));
        let name = name.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
        testing::golden::check(&format!("lists/{name}.txt"), &ran.out);
        let columns = usize::try_from(columns).unwrap();
        assert!(ran.out.lines().all(|line| line.chars().count() <= columns), "{}", ran.out);
        assert_eq!(ran.status, 0, "{}", ran.err);
    }
}

#[tokio::test]
async fn a_wrong_option_is_one_line_that_says_what_was_expected_and_exits_with_2() {
    let directory = open_directory();
    std::fs::write(directory.path().join("c.toml"), ACCOUNTS).unwrap();
    let cases = [
        (
            "refunds list --account nope",
            "--account: no account \"nope\" is configured; configured: hk, ph",
        ),
        ("deliveries list --account nope", "configured: hk, ph"),
        ("refunds show R1 --account nope", "configured: hk, ph"),
        ("deliveries replay --account nope", "configured: hk, ph"),
        ("refunds list --provider nope", "--provider: expected one of adyen, airwallex"),
        ("refunds list --status paid", "--status: expected one of unknown, pending"),
        ("refunds list --status failed,", "--status: expected one of unknown, pending"),
        ("refunds list --flag odd", "--flag: expected one of event_status_mismatch"),
        ("refunds list --currency dollars", "--currency: expected three letters"),
        ("refunds list --amount 1,50", "--amount: expected an amount such as 88.50"),
        ("refunds list --amount 9..1", "--amount: expected a range such as 50..100"),
        ("refunds list --since soon", "--since: expected a time such as"),
        ("refunds list --until 2026-02-30", "--until: expected a time such as"),
        ("refunds list --as-of x", "--as-of: expected a time such as"),
        ("refunds list --older-than 3", "--older-than: expected an age such as"),
        ("refunds list --by day", "--by: expected one of received, updated, completed"),
        ("refunds list --sort flags", "--sort: expected one of refund_id"),
        ("refunds list --columns id", "--columns: expected some of refund_id"),
        ("refunds list --after x", "--after: expected the position that a page"),
        ("refunds list --zone Mars", "--zone: expected the name of a time zone"),
        ("deliveries list --verdict lost", "--verdict: expected one of recorded"),
        ("deliveries list --verdict undecryptable,refused", "undecryptable alone"),
        ("deliveries list --client proxy", "--client: expected an IP address"),
        ("deliveries list --sort event_ids", "--sort: expected one of delivery_id"),
    ];
    for (line, expected) in cases {
        let arguments: Vec<&str> =
            ["--config", "c.toml"].into_iter().chain(line.split(' ')).collect();
        let ran = run(directory.path(), &arguments).await;
        assert_eq!(ran.status, 2, "{line}: {}", ran.err);
        assert!(
            ran.err.starts_with("refund-inbox: ") && ran.err.contains(expected),
            "{line}: {}",
            ran.err
        );
        assert_eq!(ran.err.lines().count(), 1, "{line}: {}", ran.err);
        assert_eq!(ran.out, "", "{line}");
    }
}

#[tokio::test]
async fn a_sort_by_a_column_without_an_index_needs_filters_when_there_are_many_rows() {
    let scene = scene(2500).await;
    assert!(scene.database.count("refunds_v1.deliveries").await > 10_000);
    let refused = scene.run("deliveries list --sort key_id").await;
    assert_eq!((refused.status, refused.out.as_str()), (2, ""));
    let begin = "refund-inbox: --sort: the filters leave about 1";
    let end = "deliveries, and at most 10000 are sorted by key_id, which has no index: add a filter, \
        such as a shorter time, or sort by delivery_id or received_at\n";
    assert!(refused.err.starts_with(begin) && refused.err.ends_with(end), "{}", refused.err);
    for sorted in [
        "deliveries list --sort key_id --verdict refused",
        "deliveries list --sort -delivery_id",
        "refunds list --sort status",
    ] {
        let ran = scene.run(&format!("{sorted} --json")).await;
        assert_eq!((ran.status, json(&ran).len()), (0, 50), "{sorted}: {}", ran.err);
    }
}
