//! Compares the ledger with the database: is everything that was acknowledged stored, once, in the
//! right state?

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::database::Database;
use crate::ledger::Entries;
use crate::printing::print_always;
use crate::provider_sim::Understood;

/// What was sent, and what is stored.
#[derive(Debug, Default)]
pub struct Tally {
    /// Distinct notifications, and how often they were sent in all.
    sent: u64,
    attempts: u64,
    /// Distinct notifications that were acknowledged, and how often in all.
    acknowledged: u64,
    successes: u64,
    /// Attempts that were answered "send again", in the provider's words.
    refused: u64,
    /// Attempts whose connection broke.
    unanswered: u64,
    /// Events in the database, refunds, and deliveries that led to them.
    stored: u64,
    refunds: u64,
    deliveries: u64,
    /// What is acknowledged but not stored.
    missing: Vec<String>,
    /// What is stored more than once, or more often than it was sent.
    doubled: Vec<String>,
    /// Refunds that are not in the state of their scenario.
    wrong: Vec<String>,
    /// Answers that the service must not give.
    unexpected: Vec<String>,
}

impl Tally {
    /// Compares these entries with what is stored.
    pub async fn of(entries: &Entries, database: &Database) -> Self {
        let attempts = |understood| {
            let attempts = entries.attempts.iter().filter(|it| it.understood == understood);
            u64::try_from(attempts.count()).unwrap()
        };
        let sent = entries.notifications.values();
        let mut tally = Self {
            sent: u64::try_from(entries.notifications.len()).unwrap(),
            attempts: sent.clone().map(|sent| sent.attempts).sum(),
            acknowledged: u64::try_from(sent.filter(|sent| sent.successes > 0).count()).unwrap(),
            successes: attempts(Understood::Success),
            refused: attempts(Understood::SendAgain),
            unanswered: attempts(Understood::NoAnswer),
            unexpected: entries.unexpected.clone(),
            ..Self::default()
        };
        tally.compare_events(entries, database).await;
        tally.compare_refunds(entries, database).await;
        let twice = "(select delivery_id from refund_inbox.deliveries
            group by delivery_id having count(*) > 1) as twice";
        for _ in 0..database.count(twice).await {
            tally.doubled.push("a delivery_id is stored twice".to_owned());
        }
        tally
    }

    async fn compare_events(&mut self, entries: &Entries, database: &Database) {
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
                 ) as delivered
                 group by digest, account",
            )
            .await;
        let mut stored: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for event in events {
            self.stored += number(&event, "events");
            self.deliveries += number(&event, "deliveries");
            stored.insert(event["digest"].as_str().unwrap().to_owned(), event);
        }
        for (digest, sent) in &entries.notifications {
            let digest = data_encoding::HEXLOWER.encode(digest);
            let (events, deliveries) = match stored.remove(&digest) {
                Some(event) => (number(&event, "events"), number(&event, "deliveries")),
                None => (0, 0),
            };
            let what = format!(
                "{} {digest}: acknowledged {} times in {} attempts; {events} events, \
                 {deliveries} deliveries",
                sent.account, sent.successes, sent.attempts
            );
            if sent.successes > deliveries || (sent.successes > 0 && events == 0) {
                self.missing.push(what);
            } else if events > 1 || deliveries > sent.attempts {
                self.doubled.push(what);
            }
        }
        self.doubled.extend(stored.keys().map(|digest| format!("{digest} was never sent")));
    }

    async fn compare_refunds(&mut self, entries: &Entries, database: &Database) {
        let refunds = database
            .rows(
                "select account, refund_key, status, conflicting, event_count, delivery_count,
                     (select count(*) from refund_inbox.refund_events as event
                      where event.refund_id = refund.refund_id) as events
                 from refund_inbox.refunds as refund",
            )
            .await;
        self.refunds = u64::try_from(refunds.len()).unwrap();
        let counted: u64 = refunds.iter().map(|refund| number(refund, "delivery_count")).sum();
        if counted != self.deliveries {
            let stored = self.deliveries;
            self.wrong.push(format!("refunds count {counted} deliveries, {stored} are stored"));
        }
        let mut stored = BTreeMap::new();
        for refund in refunds {
            if refund["event_count"] != refund["events"] {
                self.wrong.push(format!("counts wrongly: {refund:?}"));
            }
            let key = (text(&refund, "account"), text(&refund, "refund_key"));
            stored.insert(key, refund);
        }
        for refund in &entries.refunds {
            let found = stored.get(&(refund.account.clone(), refund.key.clone()));
            let state = found.map(|found| (&found["status"], &found["conflicting"]));
            if state != Some((&refund.status.into(), &refund.conflicting.into())) {
                self.wrong.push(format!("{refund:?}: found {found:?}"));
            }
        }
    }

    /// Prints the tally. Panics if anything is lost, doubled or in a wrong state.
    pub fn check(&self, scenario: &str, what_happened: impl fmt::Display) {
        print_always(format!("{scenario}: {what_happened}\n{self}"));
        let some = |found: &[String]| found.iter().take(10).cloned().collect::<Vec<_>>();
        assert!(self.unexpected.is_empty(), "unexpected answers: {:#?}", some(&self.unexpected));
        assert!(self.missing.is_empty(), "missing: {:#?}", some(&self.missing));
        assert!(self.doubled.is_empty(), "doubled: {:#?}", some(&self.doubled));
        assert!(self.wrong.is_empty(), "in a wrong state: {:#?}", some(&self.wrong));
        assert_eq!(self.sent, self.acknowledged, "everything was sent until it was acknowledged");
        assert!(self.acknowledged > 0, "nothing was sent");
    }

    /// Returns how many acknowledged events are not stored.
    pub fn missing(&self) -> usize {
        self.missing.len()
    }

    /// Returns the attempts whose connection broke.
    pub fn unanswered(&self) -> u64 {
        self.unanswered
    }

    /// Returns the attempts that were answered "send again".
    pub fn refused(&self) -> u64 {
        self.refused
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
            self.refused,
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
