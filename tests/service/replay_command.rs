//! Runs `deliveries replay` as the person on call does, with and without a running service: output
//! and exit status.

use std::path::Path;

use nix::sys::signal::Signal;
use serde_json::Value;
use testing::client::post;
use testing::notifications::eftpay;
use testing::program::{Ran, run};
use testing::receiver::ACCOUNTS;
use testing::service::Service;
use testing::waiting::eventually;

const WRONG: &str = "[\"no provider signs with this\"]";
const RIGHT: &str = "[\"testsignkey1234\"]";

async fn deliveries(directory: &Path, arguments: &[&str]) -> Ran {
    let arguments = [&["--config", "refund-inbox.toml", "deliveries"], arguments].concat();
    run(directory, &arguments).await
}

fn json_lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn last_line(ran: &Ran) -> &str {
    ran.out.lines().last().unwrap_or_default()
}

/// A program with a wrong secret refuses three deliveries, one of which is a forgery. Then its
/// configuration is corrected.
#[tokio::test]
async fn an_operator_makes_a_dry_run_then_repairs_and_reads_the_result_of_each() {
    let configuration =
        format!("[embedded]\ndirectory = \"state\"\n{}", ACCOUNTS.replace(RIGHT, WRONG));
    let mut service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let directory = service.directory();
    let url = format!("http://{public}/notify/eftpay/hk");
    let forged = eftpay("R3", &[]).replace("88.50", "88.51");
    for body in [eftpay("R1", &[]), eftpay("R2", &[]), forged] {
        assert_eq!(post(&url, &[], body).await.status, 401);
    }
    eventually("the quarantine to be written", async || {
        json_lines(&deliveries(directory, &["list", "--json"]).await).len() == 3
    })
    .await;
    let file = directory.join("refund-inbox.toml");
    let corrected = std::fs::read_to_string(&file).unwrap().replace(WRONG, RIGHT);
    std::fs::write(&file, corrected).unwrap();

    let dry_run = deliveries(directory, &["replay", "--account", "hk", "--dry-run"]).await;
    assert_eq!(dry_run.status, 0, "{}", dry_run.err);
    let would = "refused signature_mismatch → would be recorded: R1 succeeded";
    assert!(dry_run.out.contains(would), "{}", dry_run.out);
    assert!(dry_run.out.contains("still refused: signature_mismatch"), "{}", dry_run.out);
    assert_eq!(
        last_line(&dry_run),
        "DRY RUN, NOTHING WAS WRITTEN. Examined 3: 2 would be recorded, 1 still refused."
    );
    let unchanged = deliveries(directory, &["list", "--json"]).await;
    assert_eq!(json_lines(&unchanged).len(), 3);

    let repair = deliveries(directory, &["replay", "--account", "hk", "--json"]).await;
    assert_eq!(repair.status, 0, "{}", repair.err);
    let lines = json_lines(&repair);
    let results: Vec<&str> = lines.iter().map(|line| line["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["recorded", "recorded", "still_refused"]);
    assert_eq!(lines[0]["refunds"][0]["merchant_refund_id"], "R1");
    assert_eq!(lines[0]["dry_run"], false);

    // A delivery in quarantine stays there. The list shows it as replayed, beside the new delivery.
    let replayed = lines[0]["delivery_id"].as_str().unwrap();
    let became = lines[0]["replayed_by"].as_str().unwrap();
    let listed = deliveries(directory, &["list"]).await;
    let row = |id: &str| listed.out.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(row(replayed).ends_with("replayed"), "{}", listed.out);
    assert!(row(became).contains("  none"), "{}", listed.out);
    assert!(row(became).ends_with("is a replay"), "{}", listed.out);
    let shown = deliveries(directory, &["show", replayed]).await;
    assert!(shown.out.contains(became), "{}", shown.out);

    let again = deliveries(directory, &["replay", "--account", "hk"]).await;
    assert_eq!(again.status, 0, "{}", again.err);
    assert_eq!(last_line(&again), "DONE. Examined 1: 1 still refused. No answers were sent.");

    // Without the service, the command starts the database itself.
    service.signal(Signal::SIGTERM);
    assert_eq!(service.wait().await.code(), Some(0));
    let directory = service.directory();
    let nothing = "00000000-0000-7000-8000-000000000000";
    let by_id = deliveries(directory, &["replay", replayed, became, nothing]).await;
    assert_eq!(by_id.status, 1, "{}", by_id.out);
    let before = format!("{replayed}  refused, already replayed as {became}");
    assert!(by_id.out.contains(&before), "{}", by_id.out);
    let none = format!("{became}  recorded, not in need of repair");
    assert!(by_id.out.contains(&none), "{}", by_id.out);
    assert!(by_id.out.contains(&format!("{nothing}  NOT FOUND")), "{}", by_id.out);
    let other = deliveries(directory, &["replay", "--account", "ph", "--reason", "stale"]).await;
    assert_eq!(other.status, 0, "{}", other.err);
    assert_eq!(
        other.out,
        "NOTHING TO DO: no delivery of account ph with reason stale waits for repair.\n"
    );
}

#[tokio::test]
async fn a_repair_that_could_not_be_stored_says_so_and_exits_with_1() {
    let (configuration, database) = testing::service::usual().await;
    let directory = tempfile::tempdir().unwrap();
    let wrong = configuration.replace(RIGHT, WRONG);
    let service = Service::start(&wrong).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    assert_eq!(post(&url, &[], eftpay("R1", &[])).await.status, 401);
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    std::fs::write(directory.path().join("refund-inbox.toml"), &configuration).unwrap();

    let name = database.row("select current_database() as name").await;
    let name = name["name"].as_str().unwrap();
    let read_only = format!("alter database {name} set default_transaction_read_only = ");
    database.execute(&format!("{read_only} on")).await;
    let failed = deliveries(directory.path(), &["replay"]).await;
    assert_eq!(failed.status, 1, "{}", failed.out);
    assert_eq!(
        last_line(&failed),
        "NOT DONE. Examined 1: 1 NOT STORED. Run the command again: it replays no delivery twice."
    );
    let not_stored = "1 of the deliveries could not be stored; the remaining ones were not tried";
    assert!(failed.err.contains(not_stored), "{}", failed.err);
    // The connection that repairs this begins with a write.
    database.execute(&format!("set default_transaction_read_only = off; {read_only} off")).await;
    let done = deliveries(directory.path(), &["replay"]).await;
    assert_eq!(done.status, 0, "{}", done.err);
    assert_eq!(last_line(&done), "DONE. Examined 1: 1 recorded. No answers were sent.");
    assert_eq!(database.count("refunds_v1.refunds").await, 1);
}
