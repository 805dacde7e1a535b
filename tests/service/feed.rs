//! The feed: every event once and in order, whatever happens to recorders, connections and
//! announcements.

mod command;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use refund_inbox::store::{FEED_CHANNEL, Feed, FeedFilter, Store};
use serde_json::{Map, Value, json};
use sqlx::postgres::PgListener;
use sqlx::{Connection, Executor};
use testing::client::post;
use testing::database::Database;
use testing::follower::{Follower, as_reader};
use testing::model::{account, record};
use testing::notifications::eftpay;
use testing::pooler::{DeafPooler, socket_of};
use testing::postgres::{self, Databases};
use testing::receiver::{Receiver, Setup};
use testing::waiting::{PATIENCE, eventually};
use tokio::net::UnixListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::recording::{fresh, status};

/// Longer than any test: a consumer finds nothing by polling.
const NEVER: Duration = Duration::from_secs(3600);

fn from_the_beginning() -> FeedFilter {
    FeedFilter { after: 0, account: None }
}

/// Records refunds `R{from}` to `R{to}`, each an event, in one group.
async fn record_group(store: &Store, from: usize, to: usize) {
    let account = account();
    let group: Vec<_> =
        (from..=to).map(|number| record(&account, &eftpay(&format!("R{number}"), &[]))).collect();
    store.record(&group.iter().collect::<Vec<_>>()).await.unwrap();
}

/// The feed as the table has it.
async fn table(database: &Database) -> Vec<Map<String, Value>> {
    database.rows("select * from refunds_v1.refund_events order by seq").await
}

fn seqs(events: &[Map<String, Value>]) -> Vec<i64> {
    events.iter().map(|event| event["seq"].as_i64().unwrap()).collect()
}

/// A consumer in this process that reads without a pause until it is stopped, and then to the end.
struct Hasty {
    readings: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    task: JoinHandle<Vec<i64>>,
}

impl Hasty {
    fn start(mut feed: Feed) -> Self {
        let (readings, is_over) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, stop) = (Arc::clone(&readings), Arc::clone(&is_over));
        let task = tokio::spawn(async move {
            let mut seqs = Vec::new();
            loop {
                let is_over = stop.load(Ordering::SeqCst);
                let page = feed.next_page().await.unwrap();
                seqs.extend(page.events.iter().map(|event| event.seq));
                count.fetch_add(1, Ordering::SeqCst);
                if is_over && page.is_last {
                    return seqs;
                }
            }
        });
        Self { readings, is_over, task }
    }

    /// Waits until it has read from beginning to end in what is now the present.
    async fn reads_again(&self) {
        let enough = self.readings.load(Ordering::SeqCst) + 3;
        eventually("readings", async || self.readings.load(Ordering::SeqCst) >= enough).await;
    }

    async fn end(self) -> Vec<i64> {
        self.is_over.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

/// Receivers on one database, and senders of the same few refunds at the same time.
struct Load {
    receivers: Vec<Receiver>,
    senders: JoinSet<()>,
}

impl Load {
    const RECEIVERS: usize = 3;
    const REFUNDS: usize = 12;
    const STAGES: usize = 25;

    /// Every event is sent by two senders, to two receivers.
    const EVENTS: usize = Self::REFUNDS * Self::STAGES;

    fn start(database: &Database) -> Self {
        let receiver = |_| Setup::on(database.url().to_owned()).start();
        let receivers: Vec<Receiver> = (0..Self::RECEIVERS).map(receiver).collect();
        let words = ["TRADE_PROCESSING", "TRADE_REFUND", "TRADE_FAIL"];
        let mut senders = JoinSet::new();
        for sender in 0..2 * Self::RECEIVERS {
            let url = receivers[sender % Self::RECEIVERS].url("eftpay/hk");
            let share = sender % Self::RECEIVERS + sender / Self::RECEIVERS;
            senders.spawn(async move {
                for stage in 0..Self::STAGES {
                    let at = format!("2026-01-20 10:00:{stage:02}");
                    let changes = status(words[stage % words.len()], &at);
                    for refund in 0..Self::REFUNDS {
                        if refund % Self::RECEIVERS == share % Self::RECEIVERS {
                            let body = eftpay(&format!("R{refund}"), &changes);
                            assert!(post(&url, &[], body).await.is_success());
                        }
                    }
                }
            });
        }
        Self { receivers, senders }
    }

    async fn end(self) {
        self.senders.join_all().await;
        for receiver in self.receivers {
            receiver.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hazard_19_a_reader_by_seq_never_passes_an_event_that_commits_later() {
    let (store, database) = fresh().await;
    // Recording R1 stops between numbering and commit until lock 19 is free.
    let stop = "create function stop() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(19); return new; end $$;
        create trigger stop after insert on refund_inbox.refund_events for each row
        when (new.merchant_refund_id = 'R1') execute function stop()";
    database.execute(stop).await;
    let mut holder = database.connect().await;
    holder.execute("select pg_advisory_lock(19)").await.unwrap();
    let waiting = "pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())";
    let recording = |refund: usize| {
        let store = store.clone();
        tokio::spawn(async move { record_group(&store, refund, refund).await })
    };
    let consumer = Hasty::start(postgres::store_of(&database).feed(from_the_beginning()));

    let first = recording(1);
    eventually("the first to be stopped", async || database.count(waiting).await == 1).await;
    let second = recording(2);
    // Without the lock it would commit now.
    let held_or_done = async || second.is_finished() || database.count(waiting).await == 2;
    eventually("the second to be held", held_or_done).await;
    consumer.reads_again().await;
    holder.close().await.unwrap();
    first.await.unwrap();
    second.await.unwrap();

    assert_eq!(consumer.end().await, [1, 2]);
    let refunds =
        database.rows("select merchant_refund_id from refunds_v1.refund_events order by seq");
    let refunds: Vec<Value> = refunds
        .await
        .into_iter()
        .map(|mut row| row.remove("merchant_refund_id").unwrap())
        .collect();
    assert_eq!(refunds, [json!("R1"), json!("R2")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_of_several_receivers_each_consumer_sees_each_event_once_and_in_order() {
    let (_, database) = fresh().await;
    let pooler = DeafPooler::before(&as_reader(database.url()));
    let woken = Follower::start(&as_reader(database.url()), &["--after", "0", "--follow"]);
    let deaf = Follower::start(pooler.url(), &["--after", "0", "--follow"]);
    let hasty = Hasty::start(postgres::store_of(&database).feed(from_the_beginning()));
    Load::start(&database).end().await;

    let table = table(&database).await;
    assert_eq!(table.len(), Load::EVENTS);
    for follower in [woken, deaf] {
        follower.prints(table.len()).await;
        follower.signal(Signal::SIGTERM);
        let ended = follower.end().await;
        assert_eq!(ended.status, Some(0), "{:?}", ended.said);
        // Every column of every event, and none twice.
        assert_eq!(ended.events, table);
    }
    assert_eq!(hasty.end().await, seqs(&table));
    assert!(pooler.swallowed() > 0, "nothing was announced to the one who does not hear");
    assert_eq!(pooler.prepared(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_whose_connections_are_ended_goes_on_without_skip_or_repeat() {
    let (store, database) = fresh().await;
    let follower = Follower::start(&as_reader(database.url()), &["--after", "0", "--follow"]);
    let load = Load::start(&database);
    let killed = "(select pg_terminate_backend(pid) as ended from pg_stat_activity
        where usename = 'refunds_reader' and datname = current_database()) as killed where ended";
    for round in 1..=5 {
        follower.prints(round * Load::EVENTS / 10).await;
        eventually("a connection to end", async || database.count(killed).await > 0).await;
    }
    load.end().await;
    // The follower may have printed everything before the last interruption. It prints this event
    // after it.
    record_group(&store, 100, 100).await;
    follower.prints(Load::EVENTS + 1).await;
    follower.signal(Signal::SIGINT);
    let ended = follower.end().await;
    assert_eq!(ended.status, Some(0), "{:?}", ended.said);
    assert_eq!(ended.events, table(&database).await);
    let count = |words: &str| ended.said.iter().filter(|line| line.contains(words)).count();
    let (interrupted, goes_on) = (count("feed interrupted"), count("feed resumed"));
    assert!((1..=5).contains(&interrupted), "{:?}", ended.said);
    assert_eq!(interrupted, goes_on, "{:?}", ended.said);
}

#[tokio::test]
async fn a_follower_waits_for_a_database_that_stops_and_says_so_once() {
    let server = Databases::start("feed-restart").await;
    let url = server.database().await;
    let store = postgres::store(&url);
    record_group(&store, 1, 1).await;
    let follower = Follower::start(&as_reader(&url), &["--after", "0", "--follow"]);
    follower.prints(1).await;
    store.close(PATIENCE).await;
    server.postgres.stop().await;
    follower.says("feed interrupted").await;
    // It tries again and again, and logs nothing more.
    let attempts = UnixListener::bind(socket_of(&url)).unwrap();
    for _ in 0..3 {
        timeout(PATIENCE, attempts.accept()).await.expect("an attempt").unwrap();
    }
    drop(attempts);
    server.postgres.start_again().await;
    record_group(&postgres::store(&url), 2, 3).await;
    follower.prints(3).await;
    assert_eq!(follower.seqs(), [1, 2, 3]);
    assert_eq!(follower.times_said("feed interrupted"), 1);
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.end().await.status, Some(0));
}

#[tokio::test]
async fn a_standby_refuses_to_listen_and_is_followed_by_polling() {
    let server = Databases::start("feed-standby").await;
    let url = server.database().await;
    let store = postgres::store(&url);
    record_group(&store, 1, 2).await;
    store.close(PATIENCE).await;
    server.postgres.restart_as_standby().await;
    let follower = Follower::start(&as_reader(&url), &["--after", "0", "--follow"]);
    follower.prints(2).await;
    follower.says("refuses LISTEN").await;
    // It becomes the primary while the follower reads.
    Database::new(&url).execute("select pg_promote()").await;
    record_group(&postgres::store(&url), 3, 4).await;
    follower.prints(4).await;
    assert_eq!(follower.events(), table(&Database::new(&url)).await);
    assert_eq!(follower.times_said("refuses LISTEN"), 1);
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.end().await.status, Some(0));
}

#[tokio::test]
async fn a_group_with_new_events_is_announced_once_and_one_without_is_not() {
    let (store, database) = fresh().await;
    let mut listener = PgListener::connect(database.url()).await.unwrap();
    listener.listen(FEED_CHANNEL).await.unwrap();
    listener.listen("the_end").await.unwrap();
    record_group(&store, 1, 50).await;
    record_group(&store, 1, 50).await;
    record_group(&store, 40, 60).await;
    database.execute("notify the_end").await;
    let mut announced = 0;
    while listener.recv().await.unwrap().channel() == FEED_CHANNEL {
        announced += 1;
    }
    assert_eq!(announced, 2, "fifty new events, then none, then ten");
    assert_eq!(database.count("refunds_v1.refund_events").await, 60);
}

#[tokio::test]
async fn a_recording_wakes_a_consumer_that_waits() {
    let (store, _) = fresh().await;
    let mut feed = store.feed(from_the_beginning()).listening();
    assert!(feed.next_page().await.unwrap().events.is_empty());
    assert!(feed.listen_error().is_none());
    for number in 1..=3 {
        record_group(&store, number, number).await;
        timeout(PATIENCE, feed.wait(NEVER)).await.expect("an announcement").unwrap();
        let page = feed.next_page().await.unwrap();
        assert_eq!(page.events.len(), 1);
    }
    // An announcement that came while no consumer waited is not needed again.
    record_group(&store, 4, 4).await;
    record_group(&store, 5, 5).await;
    assert_eq!(feed.next_page().await.unwrap().events.len(), 2);
}

#[tokio::test]
async fn a_follower_that_does_not_listen_finds_everything_by_polling() {
    let (store, database) = fresh().await;
    let pooler = DeafPooler::before(database.url());
    let arguments = ["--after", "0", "--follow", "--no-listen"];
    let follower = Follower::start(pooler.url(), &arguments);
    for number in 1..=3 {
        record_group(&store, number, number).await;
        follower.prints(number).await;
    }
    assert_eq!(follower.seqs(), [1, 2, 3]);
    assert_eq!(pooler.swallowed(), 0);
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.end().await.status, Some(0));
}

#[tokio::test]
async fn a_consumer_that_does_not_read_stops_listening_and_loses_nothing() {
    let (store, database) = fresh().await;
    record_group(&store, 1, 200).await;
    let arguments = ["--after", "0", "--follow"];
    let mut follower = Follower::start_unread(&as_reader(database.url()), &arguments);
    let gave_up = "pg_stat_activity where usename = 'refunds_reader' and query = 'UNLISTEN *'
        and datname = current_database()";
    database.until_count(gave_up, 1).await;
    record_group(&store, 201, 300).await;
    for seq in 1..=300 {
        let line = follower.next_line().await;
        assert!(line.starts_with(&format!("{{\"seq\":{seq},")), "{line}");
    }
    follower.signal(Signal::SIGTERM);
    assert_eq!(follower.end().await.status, Some(0));
}
