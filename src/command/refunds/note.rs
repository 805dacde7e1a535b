//! `refunds note`: notes something about a refund.

use super::chosen::{id_of, name_of};
use crate::command::Failure;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Action, Noted, Row, Store};

/// Adds a note to one refund.
pub(super) async fn note(store: &Store, refund: &Row, note: &str) -> Result<(), Failure> {
    let about = Noted::Refund(id_of(refund)?).to_string();
    user::note(store, Action::Note, &about, note).await?;
    let name = name_of(refund);
    output::line(format!("noted about {name}: `refunds show` tells it in the refund's story"))
}
