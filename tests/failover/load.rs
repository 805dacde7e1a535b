//! Providers that send, and the checks of their answers.

use std::fmt::Display;
use std::time::Duration;

use testing::database::Database;
use testing::ledger::Entries;
use testing::place::Place;
use testing::provider_sim::hash_signed;
use testing::senders::{Load, Pace, Senders};
use testing::tally::Tally;

/// How many senders are at work.
pub(crate) const SENDERS: usize = 8;

/// How long an answer may take, whatever happens to the database.
pub(crate) const LONGEST_ANSWER: Duration = Duration::from_secs(5);

/// Starts the senders.
pub(crate) fn start(place: Place) -> Senders {
    Senders::start(&Load {
        providers: hash_signed(),
        places: vec![place],
        senders: SENDERS,
        pace: Pace::Scenarios { rest: Duration::from_millis(5) },
        seed: fastrand::u64(..),
    })
}

/// Prints the tally. Panics unless everything acknowledged is stored once, in its right state, and
/// every attempt was answered in time.
pub(crate) async fn settle(entries: &Entries, content: &Database, what: impl Display) -> Tally {
    let slowest = entries.slowest();
    let tally = Tally::of(entries, content).await;
    tally.check("failover", format!("{what}; slowest answer {} ms", slowest.as_millis()));
    assert_eq!(tally.unanswered(), 0, "attempts without an answer");
    assert!(slowest < LONGEST_ANSWER, "{slowest:?}");
    tally
}
