//! `deliveries note`: notes something about a delivery.

use super::find::delivery_id;
use crate::command::Failure;
use crate::command::arguments::NoteOnDeliveryOptions;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Action, Noted, Store};

/// Adds a note to one delivery.
pub(super) async fn note(store: &Store, options: &NoteOnDeliveryOptions) -> Result<(), Failure> {
    let id = delivery_id(store, &options.delivery_id).await?;
    if store.delivery(id).await?.is_none() {
        return Err(Failure::Other(format!("no delivery has the id {id}")));
    }
    let about = Noted::Delivery(id).to_string();
    user::note(store, Action::Note, &about, &options.note).await?;
    output::line(format!("noted about {about}: `deliveries show` shows it"))
}
