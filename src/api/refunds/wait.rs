//! Waits until a refund is final.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use crate::api::Problem;
use crate::lookup::{NotFound, one_refund};
use crate::operator::Operator;
use crate::store::Row;
use refund_providers::refund::RefundStatus;

/// The shortest interval between two reads of the same refund.
const READ_AT_MOST_EVERY: Duration = Duration::from_millis(200);

/// How long to wait for an announcement before reading anyway.
const READ_EVERY: Duration = Duration::from_secs(2);

/// Returns the refund when it is final, or as it is after `seconds`. Returns an error if it does not
/// exist even then.
pub(super) async fn until_final(
    operator: &Operator,
    reference: &str,
    account: Option<&str>,
    seconds: u32,
) -> Result<Row, Problem> {
    let deadline = Instant::now() + Duration::from_secs(seconds.into());
    let _waiter = operator.waiter().ok_or_else(Problem::too_many_wait)?;
    loop {
        // Known before the read, so that an event that comes after the read is news.
        let known = operator.announcements.known();
        let found = one_refund(&operator.readers, reference, account).await;
        let is_over = Instant::now() >= deadline || operator.is_draining();
        match found {
            Ok(refund) if is_final(&refund) || is_over => return Ok(refund),
            Err(NotFound::NoRefund(_)) if !is_over => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        let again = Instant::now() + READ_AT_MOST_EVERY;
        let news = operator.announcements.after(known, READ_EVERY);
        let _ = timeout(deadline.saturating_duration_since(Instant::now()), news).await;
        sleep_until(again.min(deadline)).await;
    }
}

fn is_final(refund: &Row) -> bool {
    RefundStatus::from_word(refund.text("status")).is_some_and(RefundStatus::is_final)
}
