//! Finds deliveries by their ids or by the beginnings of ids.

use uuid::Uuid;

use crate::command::Failure;
use crate::store::{IdPrefix, Store};

/// Reads an id or its beginning.
pub(super) fn prefix(text: &str) -> Result<IdPrefix, Failure> {
    IdPrefix::read(text).ok_or_else(|| {
        let wanted = "the id of a delivery, or at least its first 6 digits";
        Failure::Usage(format!("expected {wanted}, found {text:?}"))
    })
}

/// Returns the one delivery whose id begins like this. A whole id is returned as it is.
pub(super) async fn delivery_id(store: &Store, text: &str) -> Result<Uuid, Failure> {
    let beginning = prefix(text)?;
    if let Some(id) = beginning.whole() {
        return Ok(id);
    }
    match store.deliveries_beginning_with(beginning).await?.as_slice() {
        [] => Err(Failure::Other(format!("no delivery has an id that begins with {text:?}"))),
        [id] => Ok(*id),
        several => {
            let ids: Vec<String> = several.iter().map(Uuid::to_string).collect();
            Err(Failure::Usage(format!(
                "expected the beginning of one id, found {text:?}, with which several begin: {}",
                ids.join(", ")
            )))
        }
    }
}
