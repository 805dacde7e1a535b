//! The one place that asks for the time and for randomness. Everything else is given them.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::{NoContext, Timestamp, Uuid};

/// A source of the present time: the system's, or one that stands still for tests.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Always this time.
    Fixed(Arc<OffsetDateTime>),
}

impl Clock {
    /// A clock that always shows `at`.
    pub fn fixed(at: OffsetDateTime) -> Self {
        Self::Fixed(Arc::new(at))
    }

    /// The present time, in UTC, to the microsecond (the database holds no more).
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
    pub fn now(&self) -> OffsetDateTime {
        let now = match self {
            Self::System => OffsetDateTime::now_utc(),
            Self::Fixed(at) => **at,
        };
        now.truncate_to_microsecond()
    }
}

/// A new number that sorts by `at`: a version 7 UUID.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
pub fn new_id(at: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.nanosecond()))
}
