//! The command `feed`: pages, limits, a place ahead, and consumers that go away.

use nix::sys::signal::Signal;
use serde_json::{Map, Value};
use testing::follower::{Follower, as_reader};
use testing::notifications::paycools;
use testing::postgres;
use testing::receiver::Setup;

use super::{from_the_beginning, record_group, table};
use crate::recording::fresh;

#[tokio::test]
async fn the_whole_feed_is_read_in_pages_and_ends_at_its_end() {
    let (store, database) = fresh().await;
    for group in 0..5 {
        record_group(&store, group * 100, group * 100 + 99).await;
    }
    let table = table(&database).await;
    let all = Follower::start(database.url(), &["--after", "0"]).end().await;
    assert_eq!((all.status, all.events), (Some(0), table.clone()), "{:?}", all.said);
    let seq = table[199]["seq"].to_string();
    let some = Follower::start(database.url(), &["--after", &seq, "--limit", "250"]).end().await;
    assert_eq!((some.status, &some.events[..]), (Some(0), &table[200..450]));
}

#[tokio::test]
async fn a_line_begins_with_seq_and_has_every_column_of_the_view() {
    let (store, database) = fresh().await;
    record_group(&store, 1, 1).await;
    let page = store.feed(from_the_beginning()).next_page().await.unwrap();
    let line = &page.events[0].line;
    assert!(line.starts_with(r#"{"seq":1,"event_id":""#) && !line.contains('\n'), "{line}");
    let columns = "(select from information_schema.columns
        where table_schema = 'refunds_v1' and table_name = 'refund_events') as columns";
    let event: Map<String, Value> = serde_json::from_str(line).unwrap();
    assert_eq!(i64::try_from(event.len()).unwrap(), database.count(columns).await);
}

#[tokio::test]
async fn a_rare_account_is_found_behind_pages_of_others() {
    let receiver = Setup::usual().await.start();
    record_group(&postgres::store_of(&receiver.database), 1, 450).await;
    assert!(receiver.post("paycools/ph", &paycools("P1", &[])).await.is_success());
    let arguments = ["--after", "0", "--account", "ph"];
    let found = Follower::start(&as_reader(receiver.database.url()), &arguments).end().await;
    assert_eq!(found.status, Some(0), "{:?}", found.said);
    assert_eq!(found.events.len(), 1);
    assert_eq!(found.events[0]["merchant_refund_id"], "P1");
}

#[tokio::test]
async fn a_position_ahead_of_the_feed_is_logged_and_waited_for() {
    let (store, database) = fresh().await;
    record_group(&store, 1, 1).await;
    let ended = Follower::start(database.url(), &["--after", "3"]).end().await;
    assert_eq!((ended.status, ended.events.len()), (Some(0), 0));
    assert!(ended.said.concat().contains("--after is ahead of the feed"), "{:?}", ended.said);
    let follower = Follower::start(database.url(), &["--after", "3", "--follow"]);
    follower.says("--after is ahead of the feed").await;
    record_group(&store, 2, 4).await;
    follower.prints(1).await;
    assert_eq!(follower.seqs(), [4]);
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.end().await.status, Some(0));
}

#[tokio::test]
async fn a_consumer_that_closes_its_pipe_ends_the_feed_with_success() {
    let (store, database) = fresh().await;
    let mut follower = Follower::start_unread(database.url(), &["--after", "0", "--follow"]);
    record_group(&store, 1, 1).await;
    assert!(follower.next_line().await.starts_with(r#"{"seq":1,"#));
    // Nothing more is recorded: it finds out by itself.
    follower.go_away();
    let ended = follower.end().await;
    assert_eq!((ended.status, &ended.said[..]), (Some(0), &[][..]));

    // More than a pipe holds.
    record_group(&store, 2, 200).await;
    let mut reader = Follower::start_unread(database.url(), &["--after", "0"]);
    reader.next_line().await;
    reader.go_away();
    let ended = reader.end().await;
    assert_eq!((ended.status, &ended.said[..]), (Some(0), &[][..]));
}

#[tokio::test]
async fn sigterm_ends_a_follower_whose_consumer_does_not_read() {
    let (store, database) = fresh().await;
    record_group(&store, 1, 200).await;
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut follower = Follower::start_unread(database.url(), &["--after", "0", "--follow"]);
        follower.next_line().await;
        follower.signal(signal);
        let ended = follower.end().await;
        assert_eq!((ended.status, &ended.said[..]), (Some(0), &[][..]), "{signal}");
    }
}

#[tokio::test]
async fn following_needs_a_running_server_and_starts_none_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = testing::program::command(directory.path());
    command.args(["feed", "--after", "0", "--follow"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no service runs the private Postgres"), "{said}");
    assert!(!directory.path().join(".refund-inbox").exists());
}
