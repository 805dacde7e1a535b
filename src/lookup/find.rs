//! Finds refunds by any of their numbers, and deliveries by their ids, or by the beginnings of ids.

use uuid::Uuid;

use crate::store::{Condition, IdPrefix, Row, Store, StoreError};

/// Why what somebody names was not found.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotFound {
    /// It is no id, nor the beginning of one.
    #[error("expected the id of a delivery, or at least its first 6 digits, found {0:?}")]
    NoId(String),
    /// No refund has this number.
    #[error("no refund has the number {0:?}")]
    NoRefund(String),
    /// Several refunds have this number.
    #[error("expected a number of one refund, found {reference:?}, which several have: {}", .ids.join(", "))]
    SeveralRefunds {
        /// The number.
        reference: String,
        /// The ids of the refunds.
        ids: Vec<String>,
    },
    /// No delivery has this id, or one that begins like this.
    #[error("no delivery has an id that begins with {0:?}")]
    NoDelivery(String),
    /// Several deliveries have ids that begin like this.
    #[error("expected the beginning of one id, found {beginning:?}, with which several begin: {}", .ids.join(", "))]
    SeveralDeliveries {
        /// The beginning.
        beginning: String,
        /// The ids of the deliveries.
        ids: Vec<String>,
    },
    /// The database returned an error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns the refunds that have a number, or whose id begins with it. There is at least one.
pub async fn refunds(
    store: &Store,
    reference: &str,
    account: Option<&str>,
) -> Result<Vec<Row>, NotFound> {
    // Postgres takes no NUL in a text.
    if reference.contains('\0') {
        return Err(NotFound::NoRefund(reference.to_owned()));
    }
    let refunds = store.find_refunds(reference, account).await?;
    if refunds.is_empty() {
        return Err(NotFound::NoRefund(reference.to_owned()));
    }
    Ok(refunds)
}

/// Returns the one refund that has a number, or whose id begins with it.
pub async fn one_refund(
    store: &Store,
    reference: &str,
    account: Option<&str>,
) -> Result<Row, NotFound> {
    let mut found = refunds(store, reference, account).await?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (last, _) => {
            let ids = found.iter().chain(&last).map(|refund| refund.text("refund_id").to_owned());
            let (reference, ids) = (reference.to_owned(), ids.collect());
            Err(NotFound::SeveralRefunds { reference, ids })
        }
    }
}

/// Returns the condition that deliveries are of the refunds with this number.
pub async fn of_refund(
    store: &Store,
    reference: &str,
    account: Option<&str>,
) -> Result<Condition, NotFound> {
    let refunds = refunds(store, reference, account).await?;
    let ids = refunds.iter().map(|refund| refund.text("refund_id").parse());
    let ids: Vec<Uuid> = ids.collect::<Result<_, _>>().map_err(|_| StoreError::without_an_id())?;
    Ok(Condition::Refunds(ids))
}

/// Reads the id of a delivery or its beginning.
pub fn prefix(text: &str) -> Result<IdPrefix, NotFound> {
    IdPrefix::read(text).ok_or_else(|| NotFound::NoId(text.to_owned()))
}

/// Returns the one delivery whose id begins like this. A whole id is returned as it is.
pub async fn delivery_id(store: &Store, text: &str) -> Result<Uuid, NotFound> {
    let beginning = prefix(text)?;
    if let Some(id) = beginning.whole() {
        return Ok(id);
    }
    match store.deliveries_beginning_with(beginning).await?.as_slice() {
        [] => Err(NotFound::NoDelivery(text.to_owned())),
        [id] => Ok(*id),
        several => {
            let ids = several.iter().map(Uuid::to_string).collect();
            Err(NotFound::SeveralDeliveries { beginning: text.to_owned(), ids })
        }
    }
}
