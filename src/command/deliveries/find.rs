//! Finds deliveries by their ids or by the beginnings of ids.

use uuid::Uuid;

use crate::command::Failure;
use crate::lookup;
use crate::store::{IdPrefix, Store};

/// Reads an id or its beginning.
pub(super) fn prefix(text: &str) -> Result<IdPrefix, Failure> {
    Ok(lookup::prefix(text)?)
}

/// Returns the one delivery whose id begins like this. A whole id is returned as it is.
pub(super) async fn delivery_id(store: &Store, text: &str) -> Result<Uuid, Failure> {
    Ok(lookup::delivery_id(store, text).await?)
}
