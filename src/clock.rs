//! The clock. No other module reads the time; they take it as an argument.

use time::OffsetDateTime;

/// The source of the current time: the system's clock, or a fixed time for tests.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Always this time.
    Fixed(OffsetDateTime),
}

impl Clock {
    /// Returns a clock that always shows `at`.
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self::Fixed(at)
    }

    /// Returns the current time in UTC, truncated to microseconds, which is what the database
    /// stores.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the clock")]
    pub fn now(&self) -> OffsetDateTime {
        let now = match self {
            Self::System => OffsetDateTime::now_utc(),
            Self::Fixed(at) => *at,
        };
        now.truncate_to_microsecond()
    }
}
