//! Updates the gauges of the accounts: those in force, and what the database has of each.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use crate::account::Accounts;
use crate::recording::NotRecorded;
use crate::store::{OpenRefunds, Store, StoreError, Waiting};
use crate::telemetry::{self, AccountInForce, Kept};
use refund_providers::contract::{Outcome, RepeatedFailures};
use refund_providers::provider::registry;
use refund_providers::refund::RefundStatus;

/// The verdicts of deliveries that wait for repair.
const WAITING: [Outcome; 3] = [Outcome::Unreadable, Outcome::Undecryptable, Outcome::Refused];

/// The statuses of open refunds.
const OPEN: [RefundStatus; 3] =
    [RefundStatus::Unknown, RefundStatus::Pending, RefundStatus::RequiresAction];

/// The kind of [`Waiting`] that counts refunds which are open for too long.
const OVERDUE: &str = RefundStatus::Pending.as_str();

/// Shows the accounts in force.
pub(super) fn accounts_in_force(accounts: &Accounts) {
    let in_force = accounts.configured().map(|account| AccountInForce {
        account: account.name.as_str(),
        provider: account.provider_name,
        repeated_failures: registry::definition(account.provider_name)
            .map_or(RepeatedFailures::NothingDocumented, |provider| provider.repeated_failures)
            .as_str(),
    });
    telemetry::accounts_in_force(
        in_force,
        Outcome::Recorded.as_str(),
        (Outcome::Unavailable.as_str(), &NotRecorded::LABELS),
    );
}

/// What the gauges need to know about an account.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    name: String,
    /// Refunds received before this time are open for too long.
    overdue_before: Option<OffsetDateTime>,
}

/// Returns what the gauges need to know about the accounts at `now`.
pub(super) fn watched(accounts: &Accounts, now: OffsetDateTime) -> Vec<Watched> {
    let watched = accounts.configured().map(|account| Watched {
        name: account.name.to_string(),
        overdue_before: account.pending_alarm.and_then(|alarm| now.checked_sub(alarm)),
    });
    watched.collect()
}

/// Reads what the database has of the accounts at `now`, and shows it.
pub(super) async fn update(
    store: &Store,
    accounts: &[Watched],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let names: Vec<String> = accounts.iter().map(|account| account.name.clone()).collect();
    let alarms: Vec<(String, OffsetDateTime)> = accounts
        .iter()
        .filter_map(|account| Some((account.name.clone(), account.overdue_before?)))
        .collect();
    let waiting = store.waiting(&alarms).await?;
    let open = store.open_refunds(now).await?;
    let last_recorded = store.last_recorded(&names).await?;
    let (default_partition, _) = store.in_default_partition().await?;
    let slot_lag = store.replication_slot_lag().await?;
    let counted = counted(&names, waiting, open);
    telemetry::kept(Kept { last_recorded, default_partition, slot_lag, ..counted });
    Ok(())
}

/// Adds the groups up by the labels of the gauges. Each of the accounts has all series, so that a
/// zero can be told from a gauge that is missing.
fn counted(accounts: &[String], waiting: Vec<Waiting>, open: Vec<OpenRefunds>) -> Kept {
    let (mut overdue, mut needing_attention) = (BTreeMap::new(), BTreeMap::new());
    let (mut of_verdict, mut of_age) = (BTreeMap::new(), BTreeMap::new());
    for account in accounts {
        overdue.insert(account.clone(), 0);
        needing_attention.insert(account.clone(), 0);
        for verdict in WAITING {
            of_verdict.insert([account.clone(), verdict.as_str().to_owned()], 0);
        }
        for status in OPEN.map(RefundStatus::as_str) {
            for age in OpenRefunds::AGES {
                of_age.insert([account.clone(), status.to_owned(), age.to_owned()], 0);
            }
        }
    }
    for Waiting { kind, account, count, .. } in waiting {
        if WAITING.iter().any(|verdict| verdict.as_str() == kind) {
            *of_verdict.entry([account, kind]).or_default() += count;
        } else if kind == OVERDUE {
            *overdue.entry(account).or_default() += count;
        } else {
            *needing_attention.entry(account).or_default() += count;
        }
    }
    for OpenRefunds { account, status, age, count } in open {
        *of_age.entry([account, status, age]).or_default() += count;
    }
    Kept {
        open: of_age.into_iter().collect(),
        overdue: overdue.into_iter().collect(),
        needing_attention: needing_attention.into_iter().collect(),
        waiting: of_verdict.into_iter().collect(),
        ..Kept::default()
    }
}
