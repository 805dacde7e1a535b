//! Sends notifications over many connections, and records the time and the status of each answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use testing::connection::Connection;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::plan::Plan;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the generator sends.
#[derive(Clone)]
pub(crate) struct Manner {
    /// The receivers, each with the same share of the connections.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) connections: usize,
    /// The generator sends nothing after this time.
    pub(crate) longest: Duration,
    /// Requests a second by a clock, even if answers lag behind. If absent, each connection sends
    /// its next request after its answer.
    pub(crate) rate: Option<f64>,
}

/// One answer.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    /// The place in the plan's order.
    pub(crate) place: usize,
    /// The time since the moment at which the request was due.
    pub(crate) took: Duration,
    /// The HTTP status; 0 if no answer came.
    pub(crate) status: u16,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Connections that are open, and the place of the next request.
pub(crate) struct Generator {
    plan: Arc<Plan>,
    manner: Manner,
    connections: Vec<Connection>,
    next: Arc<AtomicUsize>,
}

impl Generator {
    /// Opens the connections.
    pub(crate) async fn open(plan: Arc<Plan>, manner: Manner) -> Self {
        let mut connections = Vec::with_capacity(manner.connections);
        for address in manner.addresses.iter().cycle().take(manner.connections) {
            connections.push(Connection::open(*address).await.unwrap());
        }
        Self { plan, manner, connections, next: Arc::new(AtomicUsize::new(0)) }
    }

    /// Sends the requests before `end` in the plan, and begins none after `longest`. Returns the
    /// answers, and the time until the last one.
    pub(crate) async fn send(
        &mut self,
        end: usize,
        longest: Duration,
        rate: Option<f64>,
    ) -> (Vec<Answer>, Duration) {
        let began = Instant::now();
        let first = self.next.load(Ordering::Relaxed);
        let mut senders = JoinSet::new();
        for connection in self.connections.drain(..) {
            let sender = Sender {
                plan: Arc::clone(&self.plan),
                next: Arc::clone(&self.next),
                first,
                end: end.min(self.plan.order.len()),
                began,
                longest,
                rate,
            };
            senders.spawn(sender.send(connection));
        }
        let mut answers = Vec::new();
        while let Some(sent) = senders.join_next().await {
            let (connection, answered) = sent.unwrap();
            self.connections.push(connection);
            answers.extend(answered);
        }
        // Senders that found nothing left to send have advanced the counter, too.
        self.next.fetch_min(end, Ordering::Relaxed);
        (answers, began.elapsed())
    }

    /// Sends some requests that are not measured, so that nothing happens for the first time later.
    pub(crate) async fn warm_up(&mut self) -> Vec<Answer> {
        let count = (2 * self.manner.connections).clamp(200, 1024);
        self.send(count, Duration::from_secs(3), None).await.0
    }

    /// Sends the remaining requests of the plan.
    pub(crate) async fn run(&mut self) -> (Vec<Answer>, Duration) {
        self.send(self.plan.order.len(), self.manner.longest, self.manner.rate).await
    }
}

/// What one connection does.
struct Sender {
    plan: Arc<Plan>,
    next: Arc<AtomicUsize>,
    first: usize,
    end: usize,
    began: Instant,
    longest: Duration,
    rate: Option<f64>,
}

impl Sender {
    async fn send(self, mut connection: Connection) -> (Connection, Vec<Answer>) {
        let mut answers = Vec::new();
        loop {
            if self.began.elapsed() > self.longest {
                break;
            }
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(number) = self.plan.order.get(place).filter(|_| place < self.end) else {
                break;
            };
            let due = match self.rate {
                None => Instant::now(),
                Some(rate) => {
                    let after = Duration::from_secs_f64((place - self.first) as f64 / rate);
                    if after > self.longest {
                        break;
                    }
                    let due = self.began + after;
                    sleep_until(due.into()).await;
                    due
                }
            };
            let request = &self.plan.notifications[*number as usize].request;
            let answered = timeout(PATIENCE, connection.exchange(request)).await;
            let status = match answered {
                Ok(Ok(status)) => status,
                // There is no answer, and the connection is unusable.
                Ok(Err(_)) | Err(_) => {
                    connection = match connection.again().await {
                        Ok(again) => again,
                        Err(_) => break,
                    };
                    0
                }
            };
            answers.push(Answer { place, took: due.elapsed(), status });
        }
        (connection, answers)
    }
}
