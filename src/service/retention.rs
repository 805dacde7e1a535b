//! Applies `[retention]`: part of maintenance.

use time::OffsetDateTime;

use super::patience::with_timeout;
use crate::config::RetentionSettings;
use crate::store::Store;
use crate::telemetry;

/// The most deliveries that one transaction empties.
const AT_ONCE: i64 = 500;

/// The most of these transactions in each round of maintenance: 28 million deliveries a day.
const STEPS: usize = 40;

/// Empties deliveries and drops months that are older at `now` than they are kept, and erases what has
/// arrived about erased refunds. What is left is done in the next round.
pub(super) async fn apply(store: &Store, settings: &RetentionSettings, now: OffsetDateTime) {
    if let Err(error) = with_timeout(store.erase_later_arrivals(now)).await {
        telemetry::maintenance_failed("erase later arrivals about erased refunds", &error);
    }
    if let Some(before) = settings.empties_before(now) {
        empty(store, before, now).await;
    }
    if let Some(first_kept) = settings.first_kept_month(now.date()) {
        match with_timeout(store.drop_months(first_kept)).await {
            Ok(months) => {
                months.dropped.into_iter().for_each(telemetry::month_dropped);
                telemetry::kept_months(months.kept.len());
            }
            Err(error) => telemetry::maintenance_failed("drop old months", &error),
        }
    }
}

async fn empty(store: &Store, before: OffsetDateTime, now: OffsetDateTime) {
    let mut emptied = 0;
    for _ in 0..STEPS {
        match with_timeout(store.empty_deliveries(before, now, AT_ONCE)).await {
            Ok(step) => {
                emptied += step.emptied;
                if !step.has_more {
                    break;
                }
            }
            Err(error) => {
                telemetry::maintenance_failed("empty old deliveries", &error);
                break;
            }
        }
    }
    if emptied > 0 {
        telemetry::deliveries_emptied(emptied);
    }
}
