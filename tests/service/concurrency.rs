//! Many recorders work at once, in one process and in several, on overlapping refunds. The database
//! must equal a plain fold over the set of all events.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use refund_inbox::store::DeliveryRecord;
use testing::client::{CLIENT, post};
use testing::database::Database;
use testing::model::{Model, account, notification, record};
use testing::postgres;
use testing::receiver::Setup;
use testing::service::{Service, usual};
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
    let (configuration, database) = usual().await;
    let service = Service::launch(&configuration);
    let (public, _) = service.serves().await;
    let mut answers = JoinSet::new();
    let mut send = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let body = notification(&format!("R{number}"), 0);
            let url = format!("http://{public}/notify/eftpay/hk");
            answers.spawn(async move { post(&url, &[], body).await.status });
        }
    };
    let held = database.hold_commits().await;
    send(0..1);
    database.until_a_commit_is_held().await;
    send(1..41);
    let waiting = "pg_stat_activity where wait_event_type = 'Lock'
        and datname = current_database()";
    database.until_count(waiting, 2).await;
    held.release().await;
    assert_eq!(answers.join_all().await, [200; 41]);
    assert_eq!(database.count("refunds_v1.refunds where delivery_count = 1").await, 41);
    let numbers =
        "(select max(seq) - min(seq) + 1 = 41 as is_whole from refunds_v1.refund_events) as it
        where is_whole";
    assert_eq!(database.count(numbers).await, 1, "the feed has a gap");
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
