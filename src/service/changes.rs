//! Notes in the audit which accounts a reload has changed, so that `status` can say which deliveries
//! have been refused since.

use std::collections::VecDeque;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::{AccountChange, Difference, account_changes};
use crate::store::{Action, Deed, Store, StoreError};
use crate::telemetry;

/// How long a note may take, and how long to wait before another attempt.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most notes that wait for the database. The oldest are dropped.
const MOST_NOTES: usize = 1000;

/// A change that is not noted yet.
struct Change {
    at: OffsetDateTime,
    account: String,
    detail: String,
}

/// Notes the changes of accounts forever. The service aborts this task when it stops.
pub(super) async fn note_changes(
    store: Store,
    clock: Clock,
    mut accounts: watch::Receiver<Accounts>,
) {
    let mut known = accounts.borrow_and_update().clone();
    let mut waiting: VecDeque<Change> = VecDeque::new();
    loop {
        tokio::select! {
            changed = accounts.changed() => {
                if changed.is_err() {
                    return;
                }
                let (at, now) = (clock.now(), accounts.borrow_and_update().clone());
                let changes = account_changes(known.configured(), now.configured());
                waiting.extend(changes.iter().map(|change| of_change(change, at)));
                known = now;
            }
            () = sleep(PATIENCE), if !waiting.is_empty() => {}
        }
        let too_many = waiting.len().saturating_sub(MOST_NOTES);
        waiting.drain(..too_many);
        while let Some(change) = waiting.front() {
            match note(&store, change).await {
                Ok(()) => waiting.pop_front(),
                Err(error) => {
                    telemetry::maintenance_failed("note a reload in the audit", &error);
                    break;
                }
            };
        }
    }
}

fn of_change(change: &AccountChange, at: OffsetDateTime) -> Change {
    let how = match change.difference {
        Difference::Added => "added".to_owned(),
        Difference::Removed => "removed".to_owned(),
        Difference::Changed => format!("changed: {}", change.settings.join(", ")),
    };
    Change { at, account: change.account.clone(), detail: how }
}

async fn note(store: &Store, change: &Change) -> Result<(), StoreError> {
    let deed = Deed {
        at: change.at,
        who: "refund-inbox",
        via: "reload",
        action: Action::Reload,
        subject: &change.account,
        detail: &change.detail,
    };
    timeout(PATIENCE, store.note(&deed)).await.unwrap_or(Err(StoreError::timeout(PATIENCE)))
}
