//! `refunds resolve`: notes that a person has looked.

use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::ResolveOptions;
use crate::command::terminal::output;
use crate::command::terminal::printable::printable;
use crate::command::user;
use crate::store::{Resolution, Row, Store, StoreError};

/// Resolves one refund.
pub(super) async fn resolve(
    store: &Store,
    refunds: &[Row],
    options: &ResolveOptions,
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
    let resolution = Resolution {
        refund_id,
        who: &who,
        via: user::VIA,
        note: &options.note,
        at: Clock::System.now(),
    };
    store.resolve_refund(&resolution).await?;
    let number = printable(refund.text("merchant_refund_id"));
    let account = refund.text("account");
    output::line(format!(
        "resolved {account} {number}: it needs no attention until something new is reported"
    ))
}
