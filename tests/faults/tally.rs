//! The books against the database: is everything that was acknowledged there, once, in the right
//! state?

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::books::StdoutWriter;
use crate::given::say;
use crate::player::Heard;
use crate::rows::Database;

/// What was sent, and what is there.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Distinct notifications, and how often they were sent in all.
    sent: u64,
    attempts: u64,
    /// Distinct notifications for which success was heard, and how often in all.
    acknowledged: u64,
    successes: u64,
    /// Attempts that were asked, in the provider's words, to be made again.
    not_now: u64,
    /// Attempts whose connection broke.
    unanswered: u64,
    /// Events in the database, refunds, and deliveries that tell of them.
    stored: u64,
    refunds: u64,
    deliveries: u64,
    /// What is acknowledged and not there.
    missing: Vec<String>,
    /// What is there more than once, or more often than it was sent.
    doubled: Vec<String>,
    /// Refunds whose state is not that which was told.
    wrong: Vec<String>,
    /// Answers that must not be.
    strange: Vec<String>,
}

impl Tally {
    /// Compares.
    pub(crate) async fn of(pages: &StdoutWriter, database: &Database) -> Self {
        let heard = |what| {
            let attempts = pages.attempts.iter().filter(|attempt| attempt.heard == what);
            u64::try_from(attempts.count()).unwrap()
        };
        let told = pages.notifications.values();
        let mut tally = Self {
            sent: u64::try_from(pages.notifications.len()).unwrap(),
            attempts: told.clone().map(|told| told.attempts).sum(),
            acknowledged: u64::try_from(told.filter(|told| told.successes > 0).count()).unwrap(),
            successes: heard(Heard::Success),
            not_now: heard(Heard::NotNow),
            unanswered: heard(Heard::Nothing),
            strange: pages.strange.clone(),
            ..Self::default()
        };
        tally.compare_events(pages, database).await;
        tally.compare_refunds(pages, database).await;
        let twice = "(select delivery_id from refund_inbox.deliveries
            group by delivery_id having count(*) > 1) as twice";
        for _ in 0..database.count(twice).await {
            tally.doubled.push("a delivery_id stands twice".to_owned());
        }
        tally
    }

    async fn compare_events(&mut self, pages: &StdoutWriter, database: &Database) {
        let events = database
            .rows(
                "select encode(digest, 'hex') as digest, account, count(distinct event_id) as events,
                     count(delivery_id) as deliveries
                 from (
                     select event.digest, event.account, event.event_id, delivery.delivery_id
                     from refund_inbox.refund_events as event
                     left join (
                         select delivery_id, unnest(event_ids) as event_id
                         from refund_inbox.deliveries
                     ) as delivery using (event_id)
                 ) as told
                 group by digest, account",
            )
            .await;
        let mut stored: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for event in events {
            self.stored += number(&event, "events");
            self.deliveries += number(&event, "deliveries");
            stored.insert(event["digest"].as_str().unwrap().to_owned(), event);
        }
        for (digest, told) in &pages.notifications {
            let digest = data_encoding::HEXLOWER.encode(digest);
            let (events, deliveries) = match stored.remove(&digest) {
                Some(event) => (number(&event, "events"), number(&event, "deliveries")),
                None => (0, 0),
            };
            let what = format!(
                "{} {digest}: heard success {} times in {} attempts; {events} events, \
                 {deliveries} deliveries",
                told.account, told.successes, told.attempts
            );
            if told.successes > deliveries || (told.successes > 0 && events == 0) {
                self.missing.push(what);
            } else if events > 1 || deliveries > told.attempts {
                self.doubled.push(what);
            }
        }
        self.doubled.extend(stored.keys().map(|digest| format!("{digest} was never sent")));
    }

    async fn compare_refunds(&mut self, pages: &StdoutWriter, database: &Database) {
        let refunds = database
            .rows(
                "select account, refund_key, status, conflicting, event_count, delivery_count,
                     (select count(*) from refund_inbox.refund_events as event
                      where event.refund_id = refund.refund_id) as events
                 from refund_inbox.refunds as refund",
            )
            .await;
        self.refunds = u64::try_from(refunds.len()).unwrap();
        let told: u64 = refunds.iter().map(|refund| number(refund, "delivery_count")).sum();
        if told != self.deliveries {
            let there = self.deliveries;
            self.wrong.push(format!("refunds count {told} deliveries, {there} are there"));
        }
        let mut stored = BTreeMap::new();
        for refund in refunds {
            if refund["event_count"] != refund["events"] {
                self.wrong.push(format!("counts wrongly: {refund:?}"));
            }
            let key = (text(&refund, "account"), text(&refund, "refund_key"));
            stored.insert(key, refund);
        }
        for refund in &pages.refunds {
            let found = stored.get(&(refund.account.clone(), refund.key.clone()));
            let state = found.map(|found| (&found["status"], &found["conflicting"]));
            if state != Some((&refund.status.into(), &refund.conflicting.into())) {
                self.wrong.push(format!("{refund:?}: found {found:?}"));
            }
        }
    }

    /// Shows the tally, and fails where anything is lost, doubled, or not as it was told.
    pub(crate) fn hold(&self, scenario: &str, what_happened: impl fmt::Display) {
        say(format!("{scenario}: {what_happened}\n{self}"));
        let some = |found: &[String]| found.iter().take(10).cloned().collect::<Vec<_>>();
        assert!(self.strange.is_empty(), "answers that must not be: {:#?}", some(&self.strange));
        assert!(self.missing.is_empty(), "missing: {:#?}", some(&self.missing));
        assert!(self.doubled.is_empty(), "doubled: {:#?}", some(&self.doubled));
        assert!(self.wrong.is_empty(), "in a wrong state: {:#?}", some(&self.wrong));
        assert_eq!(self.sent, self.acknowledged, "everything was sent until it was acknowledged");
        assert!(self.acknowledged > 0, "nothing was sent");
    }

    /// How much is acknowledged and not there.
    pub(crate) fn missing(&self) -> usize {
        self.missing.len()
    }

    /// Attempts whose connection broke.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "  sent {} (in {} attempts), acknowledged {} ({} times), refused {}, unanswered {}, \
             stored {} (of {} refunds, by {} deliveries), missing {}, doubled {}, wrong state {}",
            self.sent,
            self.attempts,
            self.acknowledged,
            self.successes,
            self.not_now,
            self.unanswered,
            self.stored,
            self.refunds,
            self.deliveries,
            self.missing.len(),
            self.doubled.len(),
            self.wrong.len(),
        )
    }
}

fn number(row: &Map<String, Value>, column: &str) -> u64 {
    row[column].as_u64().unwrap()
}

fn text(row: &Map<String, Value>, column: &str) -> String {
    row[column].as_str().unwrap().to_owned()
}
