//! Measures one request at a time, compared with bare inserts of the same rows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use refund_inbox::clock::Clock;
use sqlx::Executor;
use testing::connection::Connection;

use super::bench::Bench;
use crate::bare::Bare;
use crate::database::Database;
use crate::notifications::{Dialect, Notification};
use crate::report::{self, milliseconds};
use crate::rows::Rows;
use crate::run::quantile;
use crate::service::Service;

/// The most rounds of a request, a bare insert and a bare transaction.
const MOST: usize = 2000;

/// The service judges a delivery of this dialect in almost no time.
const DIALECT: &str = "eftpay";

pub(super) async fn lone(bench: &mut Bench) {
    report::section("One request at a time");
    let place = bench.dialects.iter().position(|dialect| dialect.name == DIALECT);
    let place = place.unwrap_or_default();
    bench.dialects[place].prepare((bench.options.seconds * 3000.0) as usize + 1024 + MOST);
    let mut database = bench.postgres.fresh().await;
    let trial = bench.trial(bench.dialects[place].name, 1);
    bench.measure_on(&mut database, Some(place), &trial).await;

    let rows = Rows::take(&mut database).await;
    let bare = Bare::prepare(&rows, &mut database.connection, 2 * MOST).await;
    let dialect = &bench.dialects[place];
    // From the end, which the previous run has not reached.
    let made = dialect.notifications();
    let sent = &made[made.len() - MOST..];
    let began = Clock::System.now();
    let times = in_turn(&mut database, dialect, sent, &bare, bench.options.longest() * 2).await;
    let acknowledged: Vec<&Notification> =
        sent.iter().take(times.requests.len()).map(AsRef::as_ref).collect();
    let answers = acknowledged.len().try_into().unwrap();
    let kept = database.kept(&acknowledged, answers, began).await;
    bench.figures.lost += kept.lost;
    bench.figures.twice += kept.twice;
    bench.postgres.remove(database).await;

    let [request, insert, transaction] =
        [times.requests, times.inserts, times.transactions].map(median);
    report::remark(&format!(
        "in turn, medians: a request {} ms; a bare insert of the delivery's row {} ms; a bare \
         transaction of its three rows {} ms",
        milliseconds(request),
        milliseconds(insert),
        milliseconds(transaction),
    ));
    let ratio = |bare: Duration| request.as_secs_f64() / bare.as_secs_f64();
    report::remark(&format!(
        "request / insert {:.2}, request / transaction {:.2}",
        ratio(insert),
        ratio(transaction)
    ));
    bench.figures.lone = Some(ratio(insert));
}

#[derive(Default)]
struct Times {
    requests: Vec<Duration>,
    inserts: Vec<Duration>,
    transactions: Vec<Duration>,
}

/// Measures a request, a bare insert and a bare transaction in turn, so that other work on the
/// machine affects all three.
async fn in_turn(
    database: &mut Database,
    dialect: &Dialect,
    sent: &[Arc<Notification>],
    bare: &Bare,
    longest: Duration,
) -> Times {
    let service = Service::start(database, &dialect.configuration()).await;
    let mut connection = Connection::open(service.public()).await.unwrap();
    let session = &mut database.connection;
    session.execute("checkpoint").await.unwrap();
    // Each row is used once: half of the deliveries alone, half with their refund and event.
    let half = (bare.rows[0].len() / 2).min(sent.len());
    let (mut times, began) = (Times::default(), Instant::now());
    for place in (0..half).take_while(|_| began.elapsed() < longest) {
        let request = Instant::now();
        let status = connection.exchange(&sent[place].request).await.unwrap();
        times.requests.push(request.elapsed());
        assert!((200..300).contains(&status), "a lone request was answered {status}");

        let insert = Instant::now();
        bare.insert(0, place).execute(&mut *session).await.unwrap();
        times.inserts.push(insert.elapsed());

        let transaction = Instant::now();
        bare.insert_all(session, half + place).await;
        times.transactions.push(transaction.elapsed());
    }
    service.stop().await;
    times
}

/// Returns the median without the first tenth, in which some work happens for the first time.
fn median(mut times: Vec<Duration>) -> Duration {
    times.drain(..times.len() / 10);
    times.sort_unstable();
    quantile(&times, 0.5)
}
