//! `[retention]`

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

/// The most days of a month.
const DAYS_OF_A_MONTH: u32 = 31;

/// `[retention]`: how long deliveries are kept. Refunds and their events are kept for ever.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RetentionSettings {
    /// After how many days the body and the headers of a delivery are emptied; 0 means never.
    pub bodies_days: u32,
    /// After how many months a month of deliveries is dropped; 0 means never.
    pub deliveries_months: u32,
}

impl RetentionSettings {
    /// Returns the time before which deliveries must have been received for their bodies to be
    /// emptied at `now`.
    pub fn empties_before(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let days = (self.bodies_days > 0).then_some(self.bodies_days)?;
        now.checked_sub(Duration::days(days.into()))
    }

    /// Returns the first day of the first month that is kept on `today`. Each day of a dropped month
    /// is at least `deliveries_months` ago.
    pub fn first_kept_month(&self, today: Date) -> Option<Date> {
        let months = i32::try_from(self.deliveries_months).ok().filter(|months| *months > 0)?;
        let mut first = today.replace_day(1).ok()?;
        for _ in 0..months {
            first = first.previous_day()?.replace_day(1).ok()?;
        }
        Some(first)
    }

    /// Returns the first invalid value: its key, and what was expected.
    pub(super) fn problem(&self) -> Option<(&'static str, &'static str)> {
        let &Self { bodies_days, deliveries_months } = self;
        if bodies_days > 36_500 {
            return Some(("bodies_days", "expected at most 36500"));
        }
        if deliveries_months > 1200 {
            return Some(("deliveries_months", "expected at most 1200"));
        }
        if deliveries_months > 0 && bodies_days > deliveries_months * DAYS_OF_A_MONTH {
            return Some((
                "bodies_days",
                "expected no more days than deliveries_months have, because a dropped month takes \
                 its bodies along",
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::RetentionSettings;

    #[test]
    fn a_month_is_dropped_when_its_last_day_is_as_old_as_set() {
        let first_kept = |deliveries_months, today| {
            RetentionSettings { bodies_days: 0, deliveries_months }.first_kept_month(today)
        };
        assert_eq!(first_kept(0, date!(2026 - 03 - 01)), None);
        assert_eq!(first_kept(1, date!(2026 - 03 - 01)), Some(date!(2026 - 02 - 01)));
        assert_eq!(first_kept(1, date!(2026 - 03 - 31)), Some(date!(2026 - 02 - 01)));
        assert_eq!(first_kept(3, date!(2026 - 01 - 15)), Some(date!(2025 - 10 - 01)));
        assert_eq!(first_kept(24, date!(2026 - 11 - 28)), Some(date!(2024 - 11 - 01)));
    }
}
