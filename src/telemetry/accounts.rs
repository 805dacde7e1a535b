//! Metrics of the accounts in force, and of what the database has of them.

use ::metrics::{counter, describe_gauge, gauge};
use time::OffsetDateTime;

use super::metrics::{
    ACCOUNT_INFO, DEFAULT_PARTITION_ROWS, DELIVERIES, DELIVERIES_WAITING, LAST_RECORDED,
    REFUNDS_NEEDING_ATTENTION, REFUNDS_OPEN, REFUNDS_OVERDUE, SLOT_LAG, as_gauge,
};
use super::replaced::Replaced;

/// The accounts in force.
pub(super) static ACCOUNTS: Replaced = Replaced::new();

/// What the database has of each account.
pub(super) static KEPT: Replaced = Replaced::new();

/// An account in force.
#[derive(Clone, Copy, Debug)]
pub struct AccountInForce<'a> {
    /// Its name.
    pub account: &'a str,
    /// Its provider.
    pub provider: &'static str,
    /// What the provider does after many failures, as one word.
    pub repeated_failures: &'static str,
}

/// Replaces the gauge of the accounts. Also creates the counters of what each account records and of
/// what it cannot record for one of these reasons, so that a rate over them begins at zero.
pub fn accounts_in_force<'a>(
    accounts: impl IntoIterator<Item = AccountInForce<'a>>,
    recorded: &'static str,
    unavailable: (&'static str, &[&'static str]),
) {
    let accounts: Vec<AccountInForce<'_>> = accounts.into_iter().collect();
    for AccountInForce { account, provider, .. } in &accounts {
        let create = |verdict: &'static str, reason: &'static str| {
            let (provider, account) = (*provider, (*account).to_owned());
            counter!(DELIVERIES, "provider" => provider, "account" => account,
                "verdict" => verdict, "reason" => reason)
            .increment(0);
        };
        create(recorded, "");
        unavailable.1.iter().for_each(|reason| create(unavailable.0, reason));
    }
    ACCOUNTS.replace(|| {
        describe_gauge!(
            ACCOUNT_INFO,
            "Always 1: an account, its provider, and what that one does."
        );
        for AccountInForce { account, provider, repeated_failures } in accounts {
            let account = account.to_owned();
            gauge!(ACCOUNT_INFO, "account" => account, "provider" => provider,
                "repeated_failures" => repeated_failures)
            .set(1.0);
        }
    });
}

/// What the database has of all accounts. Each row has the labels of a series, and its number.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Open refunds, by account, status and age.
    pub open: Vec<([String; 3], i64)>,
    /// Refunds that are open for longer than their account's alarm, by account.
    pub overdue: Vec<(String, i64)>,
    /// Refunds that need attention, by account.
    pub needing_attention: Vec<(String, i64)>,
    /// Deliveries that wait for repair, by account and verdict.
    pub waiting: Vec<([String; 2], i64)>,
    /// When the newest event of each account was recorded.
    pub last_recorded: Vec<(String, OffsetDateTime)>,
    /// Deliveries in no month's partition.
    pub default_partition: i64,
    /// Bytes of the server's log that each replication slot of the database holds.
    pub slot_lag: Vec<(String, i64)>,
}

/// Replaces the gauges of what the database has.
pub fn kept(kept: Kept) {
    KEPT.replace(|| {
        describe_gauge!(REFUNDS_OPEN, "Refunds without a final status, by age.");
        for ([account, status, age], count) in kept.open {
            gauge!(REFUNDS_OPEN, "account" => account, "status" => status, "age" => age)
                .set(of(count));
        }
        describe_gauge!(REFUNDS_OVERDUE, "Refunds open for longer than pending_alarm.");
        for (account, count) in kept.overdue {
            gauge!(REFUNDS_OVERDUE, "account" => account).set(of(count));
        }
        describe_gauge!(REFUNDS_NEEDING_ATTENTION, "Refunds at which a person must look.");
        for (account, count) in kept.needing_attention {
            gauge!(REFUNDS_NEEDING_ATTENTION, "account" => account).set(of(count));
        }
        describe_gauge!(DELIVERIES_WAITING, "Kept deliveries that wait for repair.");
        for ([account, verdict], count) in kept.waiting {
            gauge!(DELIVERIES_WAITING, "account" => account, "verdict" => verdict).set(of(count));
        }
        describe_gauge!(LAST_RECORDED, "Unix time at which the newest event was recorded.");
        for (account, at) in kept.last_recorded {
            let at = (at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64();
            gauge!(LAST_RECORDED, "account" => account).set(at);
        }
        describe_gauge!(DEFAULT_PARTITION_ROWS, "Deliveries in no month's partition.");
        gauge!(DEFAULT_PARTITION_ROWS).set(of(kept.default_partition));
        describe_gauge!(SLOT_LAG, "Bytes of the log that a replication slot holds.");
        for (slot, bytes) in kept.slot_lag {
            gauge!(SLOT_LAG, "slot" => slot).set(of(bytes));
        }
    });
}

fn of(count: i64) -> f64 {
    as_gauge(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Kept, kept};

    #[test]
    fn a_series_disappears_with_the_last_of_its_refunds() {
        let overdue = vec![("hk".to_owned(), 2)];
        kept(Kept { overdue, ..Kept::default() });
        assert!(KEPT.render().contains("refund_inbox_refunds_overdue{account=\"hk\"} 2"));
        kept(Kept::default());
        assert!(!KEPT.render().contains("refund_inbox_refunds_overdue{"), "{}", KEPT.render());
    }
}
