//! Refusals in a row, by account.
//!
//! Some providers switch a webhook off, or stop its queue, when its notifications fail again and
//! again. So the first refusal of an account that had accepted a delivery is logged at once: the
//! cause is often a wrong secret of our own.
//!
//! Each process counts for itself, from its start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::ConfiguredAccount;
use crate::store::TurnedAway;
use crate::telemetry;
use refund_providers::contract::{Judgement, Outcome, Refusal};
use refund_providers::provider::registry;

/// How many refusals in a row are logged at an account that has accepted nothing yet.
const MANY: u64 = 3;

/// The refusals in a row of each account.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<String, InARow>>);

/// The refusals in a row of one account.
#[derive(Debug, Default)]
struct InARow {
    count: u64,
    /// Whether the account has ever accepted a delivery, as far as we know.
    has_accepted: bool,
    /// The first of these refusals, until it is logged.
    first: Option<FirstRefusal>,
}

/// What the log says about the first refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FirstRefusal {
    provider: &'static str,
    reason: &'static str,
    /// The fingerprints of the keys of which none fits.
    key_ids: String,
}

impl InARow {
    fn accept(&mut self) {
        *self = Self { has_accepted: true, ..Self::default() };
    }

    fn refuse(&mut self, refusal: impl FnOnce() -> FirstRefusal) {
        if self.count == 0 {
            self.first = Some(refusal());
        }
        self.count = self.count.saturating_add(1);
    }

    /// Returns the first refusal if it must be logged now. It is returned once.
    fn alarm(&mut self) -> Option<FirstRefusal> {
        let is_due = self.has_accepted || self.count >= MANY;
        is_due.then(|| self.first.take()).flatten()
    }
}

impl Refusals {
    /// Notes what became of a delivery. A delivery that could not be stored, or not decrypted, is
    /// neither accepted nor refused. A wrong signature that the provider sends on purpose is no
    /// refusal.
    pub fn judged(&self, account: &ConfiguredAccount, judgement: &Judgement, outcome: Outcome) {
        match (outcome, judgement) {
            (
                Outcome::Recorded | Outcome::Duplicate | Outcome::Ignored | Outcome::Unreadable,
                _,
            ) => {
                self.change(account.name.as_str(), InARow::accept);
            }
            (Outcome::Refused, Judgement::Refused(refusal))
                if *refusal != Refusal::SignatureProbe =>
            {
                let reason = refusal.as_str();
                let key_ids = || if refusal.is_of_key() { key_ids(account) } else { String::new() };
                self.refuse(account, reason, key_ids);
            }
            (Outcome::Refused | Outcome::Undecryptable | Outcome::Unavailable, _) => {}
        }
    }

    /// Notes that a request was turned away. For the provider, that is a refusal.
    pub fn turned_away(&self, account: &ConfiguredAccount, why: TurnedAway) {
        self.refuse(account, why.as_str(), String::new);
    }

    /// Begins to count for new accounts, and ends for those that are not configured any more.
    pub fn configure<'a>(&self, accounts: impl Iterator<Item = &'a str>) {
        let mut all = self.all();
        let mut removed = std::mem::take(&mut *all);
        for account in accounts {
            let (name, in_a_row) = removed.remove_entry(account).unwrap_or_else(|| {
                telemetry::consecutive_refusals(account, 0);
                (account.to_owned(), InARow::default())
            });
            all.insert(name, in_a_row);
        }
        removed.keys().for_each(|account| telemetry::consecutive_refusals(account, 0));
    }

    /// Returns the accounts of which no accepted delivery is known.
    pub fn without_accepted(&self) -> Vec<String> {
        let all = self.all();
        let unknown = all.iter().filter(|(_, in_a_row)| !in_a_row.has_accepted);
        unknown.map(|(account, _)| account.clone()).collect()
    }

    /// Notes that these accounts had accepted deliveries before this process began to count.
    pub fn had_accepted(&self, accounts: &BTreeSet<String>) {
        for account in accounts {
            self.change(account, |in_a_row| in_a_row.has_accepted = true);
        }
    }

    fn refuse(
        &self,
        account: &ConfiguredAccount,
        reason: &'static str,
        key_ids: impl FnOnce() -> String,
    ) {
        let provider = account.provider_name;
        let refusal = || FirstRefusal { provider, reason, key_ids: key_ids() };
        self.change(account.name.as_str(), |in_a_row| in_a_row.refuse(refusal));
    }

    /// Changes the count of an account, shows it, and logs what is due.
    fn change(&self, account: &str, change: impl FnOnce(&mut InARow)) {
        let mut all = self.all();
        // A reload may add an account before `configure` hears of it.
        let in_a_row = match all.get_mut(account) {
            Some(in_a_row) => in_a_row,
            None => all.entry(account.to_owned()).or_default(),
        };
        let before = in_a_row.count;
        change(in_a_row);
        let (count, alarm) = (in_a_row.count, in_a_row.alarm());
        if count != before {
            // Under the lock, so that the newest count is shown last.
            telemetry::consecutive_refusals(account, count);
        }
        drop(all);
        if let Some(FirstRefusal { provider, reason, key_ids }) = alarm {
            let definition = registry::definition(provider);
            let consequence = definition.and_then(|known| known.repeated_failures.as_words());
            telemetry::account_refuses(&telemetry::AccountRefuses {
                provider,
                account,
                reason,
                key_ids: &key_ids,
                in_a_row: count,
                consequence: consequence.unwrap_or_default(),
            });
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, InARow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the names of all keys of the account, as `check-config` shows them.
fn key_ids(account: &ConfiguredAccount) -> String {
    let keys = account.provider.keys();
    keys.iter().map(|key| key.key_id.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{FirstRefusal, InARow};

    fn refusal(reason: &'static str) -> FirstRefusal {
        FirstRefusal { provider: "stripe", reason, key_ids: String::new() }
    }

    #[test]
    fn the_first_refusal_after_an_accepted_delivery_is_due_at_once_and_once() {
        let mut in_a_row = InARow::default();
        in_a_row.accept();
        assert_eq!(in_a_row.alarm(), None);
        in_a_row.refuse(|| refusal("stale"));
        assert_eq!(in_a_row.alarm(), Some(refusal("stale")));
        for _ in 0..10 {
            in_a_row.refuse(|| refusal("other"));
            assert_eq!(in_a_row.alarm(), None);
        }
        assert_eq!(in_a_row.count, 11);
        in_a_row.accept();
        assert_eq!(in_a_row.count, 0);
        in_a_row.refuse(|| refusal("other"));
        assert_eq!(in_a_row.alarm(), Some(refusal("other")));
    }

    #[test]
    fn refusals_of_an_account_that_has_accepted_nothing_are_due_at_the_third() {
        let mut in_a_row = InARow::default();
        for _ in 0..2 {
            in_a_row.refuse(|| refusal("stale"));
            assert_eq!(in_a_row.alarm(), None);
        }
        in_a_row.refuse(|| refusal("other"));
        assert_eq!(in_a_row.alarm(), Some(refusal("stale")));
        in_a_row.refuse(|| refusal("other"));
        assert_eq!(in_a_row.alarm(), None);
    }

    #[test]
    fn a_refusal_before_we_knew_of_accepted_deliveries_is_due_when_we_know() {
        let mut in_a_row = InARow::default();
        in_a_row.refuse(|| refusal("stale"));
        assert_eq!(in_a_row.alarm(), None);
        in_a_row.has_accepted = true;
        assert_eq!(in_a_row.alarm(), Some(refusal("stale")));
        assert_eq!(in_a_row.alarm(), None);
    }
}
