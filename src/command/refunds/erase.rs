//! `refunds erase`: erases the personal data of one refund.

use super::chosen::{id_of, name_of};
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Erased, Erasure, Row, Store};

/// Erases one refund.
pub(super) async fn erase(store: &Store, refund: &Row, reason: &str) -> Result<(), Failure> {
    let refund_id = id_of(refund)?;
    let who = user::name();
    let erasure = Erasure { refund_id, who: &who, via: user::VIA, reason, at: Clock::System.now() };
    let Some(Erased { events, deliveries }) = store.erase_refund(&erasure).await? else {
        return Err(Failure::Other(format!("no refund has the id {refund_id}")));
    };
    let name = name_of(refund);
    output::line(format!(
        "erased {name}: the texts of {events} events, and the bodies and headers of \
         {deliveries} deliveries; ids, amounts, times and digests stay"
    ))
}
