//! What has to be looked after again and again: partitions, gauges that need the database, ending
//! certificates.

use std::time::Duration;

use time::{Date, OffsetDateTime};
use tokio::time::{MissedTickBehavior, interval};

use crate::clock::Clock;
use crate::crypto::KeyId;
use crate::store::Store;
use crate::telemetry;

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// From here on an ending certificate is a warning, once a day.
const EXPIRES_SOON: time::Duration = time::Duration::days(30);

/// A key whose certificate ends.
#[derive(Clone, Debug)]
pub struct ExpiringKey {
    /// The account it verifies for.
    pub account: String,
    /// Its name.
    pub key_id: KeyId,
    /// When its certificate ends.
    pub expires_at: OffsetDateTime,
}

/// Runs for ever; its task is aborted with the service.
pub(crate) async fn upkeep(store: Store, clock: Clock, keys: Vec<ExpiringKey>) {
    let mut warned = None;
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = clock.now();
        watch(&keys, now, &mut warned);
        match store.conflicting_refunds().await {
            Ok(refunds) => telemetry::conflicting_refunds(refunds),
            Err(error) => telemetry::upkeep_failed("count conflicting refunds", &error),
        }
        match store.pen_bytes().await {
            Ok(bytes) => telemetry::pen_size(bytes),
            Err(error) => telemetry::upkeep_failed("measure the pen", &error),
        }
        if let Err(error) = store.create_partitions(now.date()).await {
            telemetry::upkeep_failed("make the next partitions", &error);
        }
    }
}

fn watch(keys: &[ExpiringKey], now: OffsetDateTime, warned: &mut Option<Date>) {
    let is_new_day = warned.replace(now.date()) != Some(now.date());
    for key in keys {
        let left = key.expires_at - now;
        telemetry::key_expiry(&key.account, &key.key_id, left);
        if is_new_day && left < EXPIRES_SOON {
            telemetry::key_expires_soon(&key.account, &key.key_id, left);
        }
    }
}
