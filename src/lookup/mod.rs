//! Look-ups that commands, the API and the console share: each asks the store, and writes nothing.

mod find;
mod status;

pub use find::{NotFound, delivery_id, of_refund, one_refund, prefix, refunds};
pub use status::{Kind, StatusRow, status};
