//! What senders remember, held against what is stored.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

/// How long an answer may take, whatever happens to the database.
pub(crate) const LONGEST_ANSWER: Duration = Duration::from_secs(5);

/// What became of every attempt to send.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Attempts.
    pub(crate) sent: usize,
    /// The words that were answered with success, in order, by refund.
    pub(crate) acknowledged: BTreeMap<String, Vec<&'static str>>,
    /// When each success came, and to which sender.
    pub(crate) successes: Vec<(Instant, usize)>,
    /// Attempts that were answered "send again".
    pub(crate) refused: usize,
    /// Attempts that broke or were answered in any other way, in words.
    pub(crate) broken: Vec<String>,
    /// The longest that an answer took.
    pub(crate) slowest: Duration,
}

/// A tally beside what the database holds.
#[derive(Debug)]
pub(crate) struct Account {
    tally: Tally,
    stored: usize,
    missing: Vec<String>,
    doubled: Vec<String>,
    wrong: Vec<String>,
}

impl Tally {
    /// When the first success came after `moment`, and when each of `senders` had had one.
    pub(crate) fn back_after(&self, moment: Instant, senders: usize) -> (Duration, Duration) {
        let after = |sender| {
            let mut its = self.successes.iter().filter(|(_, one)| *one == sender);
            its.find(|(at, _)| *at > moment).map(|(at, _)| at.duration_since(moment))
        };
        let firsts: Vec<Duration> = (0..senders).map(|sender| after(sender).unwrap()).collect();
        (*firsts.iter().min().unwrap(), *firsts.iter().max().unwrap())
    }

    /// Successes after `moment`.
    pub(crate) fn successes_after(&self, moment: Instant) -> usize {
        self.successes.iter().filter(|(at, _)| *at > moment).count()
    }

    /// Compares with what is stored in the database of this URL.
    pub(crate) async fn account(self, url: &str) -> Account {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let rows: Vec<(String, String, i32)> = sqlx::query_as(
            "select merchant_refund_id, status, event_count from refunds_v1.refunds",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let events: Vec<(String, String)> = sqlx::query_as(
            "select merchant_refund_id, provider_status from refunds_v1.refund_events order by seq",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();

        let mut stored: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (refund, word) in &events {
            stored.entry(refund).or_default().push(word);
        }
        let (mut missing, mut doubled, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        for (refund, words) in &self.acknowledged {
            let found = stored.get(refund.as_str()).cloned().unwrap_or_default();
            for word in words {
                match found.iter().filter(|it| *it == word).count() {
                    0 => missing.push(format!("{refund} {word}")),
                    1 => {}
                    _ => doubled.push(format!("{refund} {word}")),
                }
            }
            let row = rows.iter().filter(|(number, ..)| number == refund);
            let expected = words.last().map(|word| status_of(word)).unwrap();
            match row.collect::<Vec<_>>().as_slice() {
                [] => missing.push(refund.clone()),
                [(_, status, count)] if status == expected && *count == as_count(words) => {}
                [row] => wrong.push(format!("{row:?}")),
                _ => doubled.push(refund.clone()),
            }
        }
        Account { tally: self, stored: events.len(), missing, doubled, wrong }
    }
}

fn as_count(words: &[&str]) -> i32 {
    words.len().try_into().unwrap()
}

/// What a refund is when this was the last word about it.
fn status_of(word: &str) -> &'static str {
    match word {
        "TRADE_PROCESSING" => "pending",
        "TRADE_REFUND" => "succeeded",
        "TRADE_FAIL" => "failed",
        other => panic!("no word of ours: {other}"),
    }
}

impl Account {
    /// Prints it, and fails unless everything acknowledged is stored once, in its right state, and
    /// no answer took too long.
    pub(crate) fn settle(&self) {
        println!("{self}");
        let is_settled = [&self.missing, &self.doubled, &self.wrong].iter().all(|it| it.is_empty());
        assert!(is_settled, "{:?} {:?} {:?}", self.missing, self.doubled, self.wrong);
        assert!(self.tally.broken.is_empty(), "{:?}", self.tally.broken);
        assert!(self.tally.slowest < LONGEST_ANSWER, "{:?}", self.tally.slowest);
        assert!(!self.tally.acknowledged.is_empty());
    }
}

impl fmt::Display for Account {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tally, stored, missing, doubled, wrong } = self;
        let acknowledged: usize = tally.acknowledged.values().map(Vec::len).sum();
        write!(
            to,
            "sent {} | acknowledged {acknowledged} | refused {} | broken {} | stored {stored} | \
             missing {} | doubled {} | wrong state {} | slowest answer {} ms",
            tally.sent,
            tally.refused,
            tally.broken.len(),
            missing.len(),
            doubled.len(),
            wrong.len(),
            tally.slowest.as_millis(),
        )
    }
}
