//! Maintenance: what the service does every minute. It creates partitions, updates the gauges that
//! need the database, applies the retention, and warns of certificates that expire soon.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use time::{Date, OffsetDateTime};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::patience::with_timeout;
use super::{gauges, retention};
use crate::account::{Accounts, ExpiringKey};
use crate::clock::Clock;
use crate::config::RetentionSettings;
use crate::refusals::Refusals;
use crate::store::Store;
use crate::telemetry;

/// How often maintenance runs.
const EVERY: Duration = Duration::from_secs(60);

/// How many refunds of earlier versions are completed in each round.
const HISTORY_AT_ONCE: i64 = 2000;

/// How long before a certificate expires the daily warning begins.
const EXPIRES_SOON: time::Duration = time::Duration::days(30);

/// Runs maintenance forever. The service aborts this task when it stops.
pub(crate) async fn maintain(
    store: Store,
    clock: Clock,
    mut accounts: watch::Receiver<Accounts>,
    refusals: Arc<Refusals>,
    retention_settings: RetentionSettings,
) {
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
        gauges::accounts_in_force(&accounts.borrow());
        let watched = gauges::watched(&accounts.borrow(), now);
        if is_reload {
            refusals.configure(accounts.borrow().names());
            continue;
        }
        match with_timeout(store.accounts_with_refunds(&refusals.without_accepted())).await {
            Ok(accounts) => refusals.had_accepted(&accounts),
            Err(error) => telemetry::maintenance_failed("find accounts with refunds", &error),
        }
        match with_timeout(store.conflicting_refunds()).await {
            Ok(refunds) => telemetry::conflicting_refunds(refunds),
            Err(error) => telemetry::maintenance_failed("count conflicting refunds", &error),
        }
        if let Err(error) = with_timeout(gauges::update(&store, &watched, now)).await {
            telemetry::maintenance_failed("count what the accounts have", &error);
        }
        match with_timeout(store.measure_quarantine()).await {
            Ok(bytes) => telemetry::quarantine_size(bytes),
            Err(error) => telemetry::maintenance_failed("measure the quarantine", &error),
        }
        if let Err(error) = with_timeout(store.complete_history(HISTORY_AT_ONCE)).await {
            telemetry::maintenance_failed("complete the history of earlier events", &error);
        }
        if let Err(error) = with_timeout(store.create_partitions(now.date())).await {
            telemetry::maintenance_failed("create the next partitions", &error);
        }
        if let Err(error) = with_timeout(store.prepare_data_keys(now)).await {
            telemetry::maintenance_failed("prepare the data keys", &error);
        }
        retention::apply(&store, &retention_settings, now).await;
    }
}

/// The keys for which a warning was logged today.
#[derive(Debug, Default)]
struct Warned {
    day: Option<Date>,
    keys: BTreeSet<ExpiringKey>,
}

impl Warned {
    /// Notes a warning about `key`. Returns whether it is the first one of this day.
    fn is_first(&mut self, key: &ExpiringKey, today: Date) -> bool {
        if self.day.replace(today) != Some(today) {
            self.keys.clear();
        }
        self.keys.insert(key.clone())
    }
}

/// Updates the gauge of key expiry, and warns of the keys that expire soon.
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
    fn a_key_is_warned_about_once_a_day_even_if_a_reload_added_it() {
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
