//! Many recorders work at once, in one process and in several, on overlapping refunds. The database
//! must equal a plain fold over the set of all events.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use refund_inbox::store::DeliveryRecord;
use testing::client::{CLIENT, post};
use testing::database::Database;
use testing::metrics::metric;
use testing::model::{Model, account, notification, record};
use testing::postgres;
use testing::receiver::Setup;
use testing::service::{Service, usual};
use testing::waiting::eventually;
use tokio::task::JoinSet;

use crate::recording::record_all;

/// The number of a refund, and the choice of one of its notifications.
type Notification = (u8, u32);

/// Returns the groups of several writers. Each writer records its groups one after the other.
fn writers() -> impl Strategy<Value = Vec<Vec<Vec<Notification>>>> {
    let notification = (0..6_u8, 0..480_u32);
    let group = prop::collection::vec(notification, 1..12);
    prop::collection::vec(prop::collection::vec(group, 1..5), 1..4)
}

#[test]
fn random_groups_of_several_writers_equal_the_fold_over_all_events() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(postgres::shared().database());
    let (store, database) =
        runtime.block_on(async { (postgres::store(&url), Database::new(&url)) });
    let account = account();
    let cases = AtomicU32::new(0);
    let mut runner = TestRunner::new(Config::with_cases(60));
    runner
        .run(&writers(), |writers| {
            let case = cases.fetch_add(1, Ordering::Relaxed);
            let mut model = Model::default();
            let mut body = |(refund, choice): &Notification| {
                let body = notification(&format!("case{case}-{refund}"), *choice);
                model.receive(&account, &body);
                record(&account, &body)
            };
            let writers: Vec<Vec<Vec<DeliveryRecord>>> = writers
                .iter()
                .map(|groups| {
                    groups.iter().map(|group| group.iter().map(&mut body).collect()).collect()
                })
                .collect();
            runtime.block_on(async {
                let mut tasks = JoinSet::new();
                for groups in writers {
                    let store = store.clone();
                    tasks.spawn(async move {
                        for group in groups {
                            record_all(&store, &group).await.unwrap();
                        }
                    });
                }
                tasks.join_all().await;
                model.check(&database, &format!("case{case}-%")).await;
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_services_in_one_process_record_overlapping_refunds_correctly() {
    let setup = Setup::usual().await.with("[recording]\ngroup_deliveries = 5");
    let receivers: Vec<_> = (0..4).map(|_| setup.clone().start()).collect();
    let account = account();
    let mut model = Model::default();
    let mut senders = JoinSet::new();
    for sender in 0..8_u32 {
        let bodies: Vec<String> = (0..60_u32)
            .map(|step| notification(&format!("R{}", step % 9), sender * 97 + step))
            .collect();
        for body in &bodies {
            model.receive(&account, body);
        }
        let url = receivers[usize::try_from(sender).unwrap() % 4].url("eftpay/hk");
        senders.spawn(async move {
            for body in bodies {
                assert!(post(&url, &[], body).await.is_success());
            }
        });
    }
    senders.join_all().await;
    let [receiver, ..] = receivers.as_slice() else { panic!("four receivers run") };
    model.check(&receiver.database, "R%").await;
    assert_eq!(receiver.database.count("refunds_v1.deliveries").await, 8 * 60);
}

#[tokio::test]
async fn a_second_group_is_on_its_way_while_the_first_waits_if_many_deliveries_wait() {
    let mut service = Sending::start().await;
    let held = service.database.hold_commits().await;
    service.send("R0", 0);
    service.database.until_a_commit_is_held().await;
    service.send_many(1..41);
    let waiting = "pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()";
    service.database.until_count(waiting, 2).await;
    held.release().await;
    assert_eq!(service.answers.join_all().await, [200; 41]);
    let database = service.database;
    assert_eq!(database.count("refunds_v1.refunds where delivery_count = 1").await, 41);
    let numbers =
        "(select max(seq) - min(seq) + 1 = 41 as is_whole from refunds_v1.refund_events) as it
        where is_whole";
    assert_eq!(database.count(numbers).await, 1, "the feed has a gap");
}

#[tokio::test]
async fn while_deliveries_repeat_the_next_group_waits_for_the_one_before() {
    let mut service = Sending::start().await;
    service.send("R0", 0);
    assert_eq!(service.answers.join_next().await.unwrap().unwrap(), 200);
    let held = service.database.hold_commits().await;
    // Another event of the stored refund.
    service.send("R0", 1);
    service.database.until_a_commit_is_held().await;
    service.send_many(1..41);
    // A second group would have taken the deliveries when 32 of them waited.
    let operator = service.operator;
    let all_wait = async || metric(operator, "refund_inbox_queue_depth").await == Some(40.0);
    eventually("all deliveries to wait", all_wait).await;
    held.release().await;
    assert_eq!(service.answers.join_all().await, [200; 41]);
    assert_eq!(service.database.count("refunds_v1.refund_events").await, 42);
}

/// A service, and the deliveries that are being sent to it.
struct Sending {
    _service: Service,
    public: SocketAddr,
    operator: SocketAddr,
    database: Database,
    answers: JoinSet<u16>,
}

impl Sending {
    async fn start() -> Self {
        let (configuration, database) = usual().await;
        // No delivery may give up while a test holds the commits.
        let patient = format!("{configuration}\n[recording]\ndeadline_ms = 60000\n");
        let service = Service::launch(&patient);
        let (public, operator) = service.serves().await;
        Self { _service: service, public, operator, database, answers: JoinSet::new() }
    }

    /// Sends a notification about this refund.
    fn send(&mut self, refund: &str, step: u32) {
        let body = notification(refund, step);
        let url = format!("http://{}/notify/eftpay/hk", self.public);
        self.answers.spawn(async move { post(&url, &[], body).await.status });
    }

    /// Sends a notification about each of these refunds.
    fn send_many(&mut self, numbers: Range<u32>) {
        for number in numbers {
            self.send(&format!("R{number}"), 0);
        }
    }
}

/// How long the two processes work at the same time.
const TOGETHER: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_record_overlapping_refunds_for_a_minute_and_agree_with_the_model() {
    let (configuration, database) = usual().await;
    let programs = [Service::launch(&configuration), Service::launch(&configuration)];
    let account = Arc::new(account());
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..6_u32 {
        let (public, _) = programs[usize::try_from(sender).unwrap() % 2].serves().await;
        senders.spawn(async move {
            let mut sent = Vec::new();
            let mut step = 0_u32;
            while began.elapsed() < TOGETHER {
                // All senders send about the same refunds at the same time.
                let refund = began.elapsed().as_millis() / 250 * 5 + u128::from(step % 7);
                let body = notification(&format!("R{refund}"), sender * 131 + step * 7);
                let url = format!("http://{public}/notify/eftpay/hk");
                let answer = CLIENT.post(url).body(body.clone()).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                sent.push(body);
                step += 1;
            }
            sent
        });
    }
    let sent: Vec<String> = senders.join_all().await.into_iter().flatten().collect();
    let mut model = Model::default();
    for body in &sent {
        model.receive(&account, body);
    }
    assert_eq!(database.count("refunds_v1.deliveries").await, i64::try_from(sent.len()).unwrap());
    model.check(&database, "R%").await;
    for service in &programs {
        let deadlocks = service.said().iter().filter(|line| line.contains("40P01")).count();
        assert_eq!(deadlocks, 0);
    }
}
