//! Senders that do as providers do: what is not answered with success is sent again, and again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{answer, eftpay};
use crate::tally::Tally;

/// Between two notifications of one sender.
const PACE: Duration = Duration::from_millis(5);

/// Before something is sent again; real providers take a minute or more.
const BEFORE_REPEAT: Duration = Duration::from_millis(100);

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Several senders at work, each on connections that it keeps.
pub(crate) struct Senders {
    tally: Arc<Mutex<Tally>>,
    is_over: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Senders {
    /// Begins to send to this URL.
    pub(crate) fn start(count: usize, url: &str) -> Self {
        let (tally, is_over) = (Arc::default(), Arc::default());
        let mut tasks = JoinSet::new();
        for number in 0..count {
            let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
            let sender = Sender {
                number,
                client,
                url: url.to_owned(),
                tally: Arc::clone(&tally),
                is_over: Arc::clone(&is_over),
            };
            tasks.spawn(sender.send_all());
        }
        Self { tally, is_over, tasks }
    }

    /// What they remember so far.
    pub(crate) fn so_far(&self) -> Tally {
        self.tally.lock().unwrap().clone()
    }

    /// Lets each finish what it has begun; what they remember in the end.
    pub(crate) async fn finish(mut self) -> Tally {
        self.is_over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        self.so_far()
    }
}

struct Sender {
    number: usize,
    client: reqwest::Client,
    url: String,
    tally: Arc<Mutex<Tally>>,
    is_over: Arc<AtomicBool>,
}

impl Sender {
    /// Tells of one refund after the other, of each that it is under way and then how it ended.
    async fn send_all(self) {
        for round in 0.. {
            let refund = format!("S{}-{round}", self.number);
            let end = if round % 2 == 0 { "TRADE_REFUND" } else { "TRADE_FAIL" };
            for word in ["TRADE_PROCESSING", end] {
                self.send_until_acknowledged(&refund, word).await;
                sleep(PACE).await;
            }
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    async fn send_until_acknowledged(&self, refund: &str, word: &'static str) {
        let body = eftpay(refund, &[("trade_status", json!(word))]);
        loop {
            let began = Instant::now();
            let outcome = self.send(body.clone()).await;
            if self.remember(refund, word, began.elapsed(), outcome) {
                return;
            }
            sleep(BEFORE_REPEAT).await;
        }
    }

    /// Whether it was acknowledged.
    fn remember(
        &self,
        refund: &str,
        word: &'static str,
        took: Duration,
        outcome: Result<u16, reqwest::Error>,
    ) -> bool {
        let mut tally = self.tally.lock().unwrap();
        tally.sent += 1;
        tally.slowest = tally.slowest.max(took);
        match outcome {
            Ok(200) => {
                tally.acknowledged.entry(refund.to_owned()).or_default().push(word);
                tally.successes.push((Instant::now(), self.number));
                return true;
            }
            Ok(503) => tally.refused += 1,
            Ok(other) => tally.broken.push(format!("{refund} {word}: {other}")),
            Err(error) => tally.broken.push(format!("{refund} {word}: {error:?}")),
        }
        false
    }

    async fn send(&self, body: String) -> Result<u16, reqwest::Error> {
        let sent = self.client.post(&self.url).header("content-type", "application/json");
        Ok(answer(sent.body(body).send().await?).await?.status)
    }
}
