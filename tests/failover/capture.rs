//! Change data capture: another server copies refunds and their events, is killed, and goes on.

use std::path::Path;
use std::time::Duration;

use private_postgres::Durability;
use testing::metrics::page;
use testing::postgres::{Postgres, lay_out};
use testing::program::run;
use testing::provider_sim::hash_signed;
use testing::senders::{Load, Pace, Senders};
use testing::service::{Service, open_directory};
use testing::tally::Tally;
use testing::waiting::eventually;

use crate::instance;

/// How often the subscriber is killed.
const KILLS: usize = 4;

/// How many senders are at work.
const SENDERS: usize = 4;

/// This number of new events shows that the load, or the copy, goes on.
const SOME: i64 = 60;

const EVENTS: &str = "refund_inbox.refund_events";

/// Notes the order in which events arrive at the subscriber, whatever puts them there.
const NOTE_ARRIVALS: &str = "
    create table public.arrivals (place bigint generated always as identity, seq bigint not null);
    create function public.note_arrival() returns trigger language plpgsql as
        $$ begin insert into public.arrivals (seq) values (new.seq); return new; end $$;
    create trigger note_arrival after insert on refund_inbox.refund_events
        for each row execute function public.note_arrival();
    alter table refund_inbox.refund_events enable always trigger note_arrival";

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_is_killed_again_and_again_gets_every_event_once_and_in_order() {
    let directory = open_directory();
    let publisher = publisher(directory.path()).await;
    let subscriber = server(&directory.path().join("subscriber")).await;
    let services =
        [instance::start(publisher.url(), "").await, instance::start(publisher.url(), "").await];
    let senders = send(&services);
    let count = async |server: &Postgres| server.content().count(EVENTS).await;
    eventually("events from before the copy", async || count(&publisher).await > SOME).await;

    subscribe(&publisher, &subscriber).await;
    let copied = "pg_subscription_rel where srsubstate = 'r'";
    eventually("a first copy", async || subscriber.content().count(copied).await == 3).await;
    let before = subscriber.content().row("select max(place) as n from public.arrivals").await;
    for _ in 0..KILLS {
        let seen = count(&subscriber).await;
        eventually("the copy", async || count(&subscriber).await > seen + SOME).await;
        subscriber.kill_all().await;
        let sent = count(&publisher).await;
        eventually("the load", async || count(&publisher).await > sent + SOME).await;
        subscriber.start_again().await;
    }
    let entries = senders.finish().await;
    let tally = Tally::of(&entries, &publisher.content()).await;
    tally.check("capture", format!("{KILLS} kills of the subscriber"));

    let all = count(&publisher).await;
    eventually("the end of the copy", async || count(&subscriber).await == all).await;
    // The rows of the first copy come in the order of the table; every later one in that of seq.
    let out_of_order = format!(
        "(select seq < lag(seq) over (order by place) as is_late from public.arrivals
          where place > {}) as arrived where is_late",
        before["n"]
    );
    assert_eq!(subscriber.content().count("public.arrivals").await, all);
    assert_eq!(subscriber.content().count(&out_of_order).await, 0);
    // Repeats of known events, which come last, change the rows of refunds.
    for view in ["refund_events", "refunds", "refund_history"] {
        eventually(view, async || {
            let content = async |server: &Postgres| {
                server.content().rows(&format!("select * from refunds_v1.{view} order by 1")).await
            };
            content(&publisher).await == content(&subscriber).await
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_whose_reader_is_gone_shows_what_it_holds() {
    let directory = open_directory();
    let publisher = publisher(directory.path()).await;
    publisher.run("select pg_create_logical_replication_slot('shop', 'pgoutput')").await;
    publisher.run("select pg_logical_emit_message(false, 'test', repeat('x', 3000000))").await;
    let service = instance::start(publisher.url(), "").await;
    let operator = service.addresses().1;
    let name = "refund_inbox_replication_slot_lag_bytes{slot=\"shop\"} ";
    let lag = async || {
        let page = page(operator).await;
        page.lines().find_map(|line| line.strip_prefix(name)?.parse::<f64>().ok())
    };
    eventually("the gauge", async || lag().await.is_some()).await;
    let shown = lag().await.unwrap();
    assert!((3e6..1e9).contains(&shown), "{shown}");
}

/// Starts a migrated, durable server in this directory.
async fn server(directory: &Path) -> Postgres {
    lay_out(directory).await;
    Postgres::start_in(directory.to_owned(), Durability::Durable).await
}

/// Starts a server from which others can copy.
async fn publisher(directory: &Path) -> Postgres {
    let publisher = server(&directory.join("publisher")).await;
    publisher.run("alter system set wal_level = logical").await;
    publisher.stop().await;
    publisher.start_again().await;
    publisher
}

fn send(services: &[Service]) -> Senders {
    Senders::start(&Load {
        providers: hash_signed(),
        places: services.iter().map(Service::place).collect(),
        senders: SENDERS,
        pace: Pace::Scenarios { rest: Duration::from_millis(5) },
        seed: fastrand::u64(..),
    })
}

/// Runs what `migrate --print publication` prints, and subscribes as the role that it creates.
async fn subscribe(publisher: &Postgres, subscriber: &Postgres) {
    let directory = tempfile::tempdir().unwrap();
    let printed = run(directory.path(), &["migrate", "--print", "publication"]).await;
    assert_eq!(printed.status, 0, "{}", printed.err);
    publisher.run(&printed.out).await;
    // It changes nothing the second time.
    publisher.run(&printed.out).await;
    subscriber.run(NOTE_ARRIVALS).await;
    let url = publisher.url().replace("user=refund_inbox", "user=refunds_replication");
    assert_ne!(url, publisher.url());
    subscriber
        .run(&format!("create subscription refunds connection '{url}' publication refunds_v1"))
        .await;
}
