//! `refunds resolve`: notes that a person has looked.

use super::chosen::{id_of, name_of};
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Resolution, Row, Store};

/// Resolves one refund.
pub(super) async fn resolve(store: &Store, refund: &Row, note: &str) -> Result<(), Failure> {
    let refund_id = id_of(refund)?;
    let who = user::name();
    let resolution =
        Resolution { refund_id, who: &who, via: user::VIA, note, at: Clock::System.now() };
    store.resolve_refund(&resolution).await?;
    let name = name_of(refund);
    output::line(format!("resolved {name}: it needs no attention until something new is reported"))
}
