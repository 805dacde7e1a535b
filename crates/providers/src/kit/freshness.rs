//! The window around the time of receipt in which a time of signing is accepted.

use time::OffsetDateTime;

use crate::contract::{Delivery, Refusal};

/// How far the time of signing may be from the time of *receipt*. The time of receipt is stored, so
/// a replay gives the same result at any later time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many seconds before receipt.
    pub past_seconds: u32,
    /// How many seconds after receipt, for clocks that are ahead of ours.
    pub future_seconds: u32,
}

/// The unit of a time of signing since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

impl TimeUnit {
    /// Returns how many of the unit are in one second.
    pub fn per_second(self) -> u32 {
        match self {
            Self::Seconds => 1,
            Self::Milliseconds => 1000,
        }
    }

    /// Returns how many digits every time between the years 2001 and 2286 has.
    pub fn digits(self) -> usize {
        match self {
            Self::Seconds => 10,
            Self::Milliseconds => 13,
        }
    }
}

impl Window {
    /// Returns the window of `seconds` before and after receipt.
    pub fn symmetric(seconds: u32) -> Self {
        Self { past_seconds: seconds, future_seconds: seconds }
    }

    /// Requires that the time of signing is inside the window. Both times are compared in whole
    /// units, so a time at the limit itself is accepted.
    ///
    /// # Errors
    /// [`Refusal::TimestampMalformed`] if the text is not a number of units since 1970 in decimal
    /// digits, and [`Refusal::Stale`] if the time is outside the window.
    pub fn require(
        self,
        delivery: &Delivery<'_>,
        signed_at: &str,
        unit: TimeUnit,
    ) -> Result<(), Refusal> {
        if signed_at.is_empty() || !signed_at.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::TimestampMalformed);
        }
        let signed_at: i64 = signed_at.parse().map_err(|_| Refusal::TimestampMalformed)?;
        let received_at = match unit {
            TimeUnit::Seconds => i128::from(delivery.received_at.unix_timestamp()),
            TimeUnit::Milliseconds => delivery.received_at.unix_timestamp_nanos() / 1_000_000,
        };
        self.require_age(received_at - i128::from(signed_at), unit)
    }

    /// Requires that the time of signing is inside the window. Both times are compared in whole
    /// seconds.
    ///
    /// # Errors
    /// [`Refusal::Stale`] if the time is outside the window.
    pub fn require_time(
        self,
        delivery: &Delivery<'_>,
        signed_at: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let seconds = |at: OffsetDateTime| i128::from(at.unix_timestamp());
        self.require_age(seconds(delivery.received_at) - seconds(signed_at), TimeUnit::Seconds)
    }

    fn require_age(self, age: i128, unit: TimeUnit) -> Result<(), Refusal> {
        let limit = |seconds: u32| i128::from(seconds) * i128::from(unit.per_second());
        let is_inside = -limit(self.future_seconds) <= age && age <= limit(self.past_seconds);
        if is_inside { Ok(()) } else { Err(Refusal::Stale) }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use time::macros::datetime;

    use super::{TimeUnit, Window};
    use crate::contract::{Delivery, Refusal};

    #[test]
    fn a_time_of_signing_is_judged_at_the_time_of_receipt() {
        let headers = HeaderMap::new();
        let delivery = Delivery {
            path_and_query: "/",
            headers: &headers,
            redacted: &[],
            body: b"",
            received_at: datetime!(2026-01-02 03:04:05.900 UTC),
        };
        let window = Window { past_seconds: 60, future_seconds: 1 };
        let cases = [
            (TimeUnit::Seconds, "1767322985", Ok(())),
            (TimeUnit::Seconds, "1767322984", Err(Refusal::Stale)),
            (TimeUnit::Seconds, "1767323046", Ok(())),
            (TimeUnit::Seconds, "1767323047", Err(Refusal::Stale)),
            (TimeUnit::Milliseconds, "1767322985900", Ok(())),
            (TimeUnit::Milliseconds, "1767322985899", Err(Refusal::Stale)),
            (TimeUnit::Milliseconds, "1767323046900", Ok(())),
            (TimeUnit::Milliseconds, "1767323046901", Err(Refusal::Stale)),
            (TimeUnit::Milliseconds, "1767323045", Err(Refusal::Stale)),
            (TimeUnit::Seconds, "", Err(Refusal::TimestampMalformed)),
            (TimeUnit::Seconds, "-1767323045", Err(Refusal::TimestampMalformed)),
            (TimeUnit::Seconds, "1767323045.0", Err(Refusal::TimestampMalformed)),
            (TimeUnit::Seconds, "99999999999999999999", Err(Refusal::TimestampMalformed)),
            (TimeUnit::Seconds, "9223372036854775807", Err(Refusal::Stale)),
        ];
        for (unit, text, expected) in cases {
            assert_eq!(window.require(&delivery, text, unit), expected, "{unit:?} {text}");
        }
        for (signed_at, expected) in [
            (datetime!(2026-01-02 03:03:05 UTC), Ok(())),
            (datetime!(2026-01-02 03:03:04.999 UTC), Err(Refusal::Stale)),
            (datetime!(2026-01-02 11:04:06.999 +8), Ok(())),
            (datetime!(2026-01-02 03:04:07 UTC), Err(Refusal::Stale)),
        ] {
            assert_eq!(window.require_time(&delivery, signed_at), expected, "{signed_at}");
        }
    }
}
