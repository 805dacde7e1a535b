//! `refunds erase`: erases the personal data of one refund.

use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::EraseOptions;
use crate::command::terminal::output;
use crate::command::terminal::printable::printable;
use crate::command::user;
use crate::store::{Erased, Erasure, Row, Store, StoreError};

/// Erases one refund.
pub(super) async fn erase(
    store: &Store,
    refunds: &[Row],
    options: &EraseOptions,
) -> Result<(), Failure> {
    let [refund] = refunds else {
        let ids: Vec<&str> = refunds.iter().map(|refund| refund.text("refund_id")).collect();
        let (found, ids) = (&options.reference, ids.join(", "));
        return Err(Failure::Usage(format!(
            "expected a number of one refund, found {found:?}, which several have: {ids}"
        )));
    };
    let refund_id = refund.text("refund_id").parse();
    let refund_id = refund_id.map_err(|_| StoreError::without_an_id())?;
    let who = user::name();
    let erasure = Erasure {
        refund_id,
        who: &who,
        via: user::VIA,
        reason: &options.reason,
        at: Clock::System.now(),
    };
    let Some(Erased { events, deliveries }) = store.erase_refund(&erasure).await? else {
        return Err(Failure::Other(format!("no refund has the id {refund_id}")));
    };
    let number = printable(refund.text("merchant_refund_id"));
    let account = refund.text("account");
    output::line(format!(
        "erased {account} {number}: the texts of {events} events, and the bodies and headers of \
         {deliveries} deliveries; ids, amounts, times and digests stay"
    ))
}
