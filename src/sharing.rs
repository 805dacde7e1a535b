//! Answers that cost the database much, shared by everybody who asks the same question.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::clock::Clock;

/// How many times as long as its look-up took an answer is good: finding answers to one question
/// takes at most a hundredth of one core.
const GOOD_FOR: u32 = 100;

/// The greatest age of an answer that is given again.
const OLDEST: Duration = Duration::from_secs(30);

/// The last answer to the questions of one kind.
pub struct Shared<T> {
    last: Mutex<Option<Known<T>>>,
}

struct Known<T> {
    question: String,
    answer: Arc<T>,
    at: OffsetDateTime,
    good_until: Instant,
}

impl<T> Shared<T> {
    /// Creates it without an answer.
    pub fn new() -> Self {
        Self { last: Mutex::new(None) }
    }

    /// Returns the answer to `question`, and when `look_up` began to find it. An answer that is still
    /// good is given again, and then `look_up` is not run. Look-ups of one kind run one after the
    /// other.
    pub async fn get<E>(
        &self,
        question: &str,
        clock: &Clock,
        look_up: impl Future<Output = Result<T, E>>,
    ) -> Result<(Arc<T>, OffsetDateTime), E> {
        let mut last = self.last.lock().await;
        let began = Instant::now();
        let good = last.as_ref().filter(|one| one.question == question && began < one.good_until);
        if let Some(Known { answer, at, .. }) = good {
            return Ok((Arc::clone(answer), *at));
        }
        let at = clock.now();
        let answer = Arc::new(look_up.await?);
        let took = began.elapsed();
        let good_until = Instant::now() + took.saturating_mul(GOOD_FOR).min(OLDEST);
        let (question, kept) = (question.to_owned(), Arc::clone(&answer));
        *last = Some(Known { question, answer: kept, at, good_until });
        Ok((answer, at))
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Leaves out the answer, which may be long.
impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::macros::datetime;
    use tokio::time::{advance, sleep};

    use super::Shared;
    use crate::clock::Clock;

    /// Asks for `answer`, whose look-up takes `milliseconds`. Returns what was answered.
    async fn ask(
        shared: &Shared<u32>,
        question: &str,
        answer: Result<u32, u32>,
        milliseconds: u64,
    ) -> Result<u32, u32> {
        let clock = Clock::fixed(datetime!(2026-11-22 09:30 UTC));
        let look_up = async {
            sleep(Duration::from_millis(milliseconds)).await;
            answer
        };
        let (answer, at) = shared.get(question, &clock, look_up).await?;
        assert_eq!(at, clock.now());
        Ok(*answer)
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_given_again_for_a_hundred_times_as_long_as_it_took_and_for_half_a_minute()
    {
        for (took, good_for) in [(3, 300), (20, 2000), (1000, 30_000)] {
            let shared = Shared::new();
            assert_eq!(ask(&shared, "a", Ok(1), took).await, Ok(1));
            advance(Duration::from_millis(good_for - 1)).await;
            assert_eq!(ask(&shared, "a", Ok(2), took).await, Ok(1), "{took} ms");
            advance(Duration::from_millis(1)).await;
            assert_eq!(ask(&shared, "a", Ok(2), took).await, Ok(2), "{took} ms");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn another_question_and_a_failure_are_answered_anew() {
        let shared = Shared::new();
        assert_eq!(ask(&shared, "a", Ok(1), 50).await, Ok(1));
        assert_eq!(ask(&shared, "b", Err(2), 50).await, Err(2));
        assert_eq!(ask(&shared, "b", Ok(3), 50).await, Ok(3));
        assert_eq!(ask(&shared, "a", Ok(4), 50).await, Ok(4));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_during_a_look_up_waits_for_its_answer() {
        let shared = Shared::new();
        let (first, second) =
            tokio::join!(ask(&shared, "a", Ok(1), 50), ask(&shared, "a", Ok(2), 50));
        assert_eq!((first, second), (Ok(1), Ok(1)));
    }
}
