//! The one place that reads the clock. Everything else takes the time as an argument.

use time::OffsetDateTime;

/// The source of the current time: the system's, or a fixed one for tests.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Always this time.
    Fixed(OffsetDateTime),
}

impl Clock {
    /// A clock that always shows `at`.
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self::Fixed(at)
    }

    /// The present time, in UTC, to the microsecond (the database holds no more).
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    pub fn now(&self) -> OffsetDateTime {
        let now = match self {
            Self::System => OffsetDateTime::now_utc(),
            Self::Fixed(at) => *at,
        };
        now.truncate_to_microsecond()
    }
}
