//! What has to be looked after again and again: partitions, gauges that need the database, ending
//! certificates.

use std::collections::BTreeSet;
use std::time::Duration;

use time::{Date, OffsetDateTime};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::account::{Accounts, ExpiringKey};
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use crate::telemetry;

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// How long each task may take: a database that has gone without a word is not waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// From here on an ending certificate is a warning, once a day.
const EXPIRES_SOON: time::Duration = time::Duration::days(30);

/// Runs for ever; its task is aborted with the service.
pub(crate) async fn maintain(store: Store, clock: Clock, mut accounts: watch::Receiver<Accounts>) {
    let mut warned = Warned::default();
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_reload = tokio::select! {
            _ = ticks.tick() => false,
            Ok(()) = accounts.changed() => true,
        };
        let now = clock.now();
        let keys = accounts.borrow_and_update().expiring_keys();
        watch_keys(&keys, now, &mut warned);
        if is_reload {
            continue;
        }
        match in_time(store.conflicting_refunds()).await {
            Ok(refunds) => telemetry::conflicting_refunds(refunds),
            Err(error) => telemetry::maintenance_failed("count conflicting refunds", &error),
        }
        match in_time(store.measure_quarantine()).await {
            Ok(bytes) => telemetry::quarantine_size(bytes),
            Err(error) => telemetry::maintenance_failed("measure the quarantine", &error),
        }
        if let Err(error) = in_time(store.create_partitions(now.date())).await {
            telemetry::maintenance_failed("make the next partitions", &error);
        }
    }
}

async fn in_time<T>(task: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(PATIENCE, task).await.unwrap_or_else(|_| Err(StoreError::timeout(PATIENCE)))
}

/// Which keys were warned of on which day.
#[derive(Debug, Default)]
struct Warned {
    on: Option<Date>,
    of: BTreeSet<ExpiringKey>,
}

impl Warned {
    /// Whether this is the day's first warning of `key`.
    fn is_first(&mut self, key: &ExpiringKey, today: Date) -> bool {
        if self.on.replace(today) != Some(today) {
            self.of.clear();
        }
        self.of.insert(key.clone())
    }
}

fn watch_keys(keys: &[ExpiringKey], now: OffsetDateTime, warned: &mut Warned) {
    let left = |key: &ExpiringKey| key.expires_at - now;
    telemetry::key_expiry(keys.iter().map(|key| (&*key.account, &key.key_id, left(key))));
    for key in keys.iter().filter(|key| left(key) < EXPIRES_SOON) {
        if warned.is_first(key, now.date()) {
            telemetry::key_expires_soon(&key.account, &key.key_id, left(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::Warned;
    use crate::account::ExpiringKey;
    use refund_providers::crypto::KeyId;

    #[test]
    fn a_key_is_warned_of_once_a_day_also_one_that_comes_with_a_reload() {
        let key = |id: &str| ExpiringKey {
            account: "a".to_owned(),
            key_id: KeyId::named(id),
            expires_at: datetime!(2026-12-01 00:00 UTC),
        };
        let (today, tomorrow) = (date!(2026 - 11 - 22), date!(2026 - 11 - 23));
        let mut warned = Warned::default();
        assert!(warned.is_first(&key("1"), today));
        assert!(!warned.is_first(&key("1"), today));
        assert!(warned.is_first(&key("2"), today));
        assert!(warned.is_first(&key("1"), tomorrow));
        assert!(warned.is_first(&key("2"), tomorrow));
        assert!(!warned.is_first(&key("1"), tomorrow));
    }
}
