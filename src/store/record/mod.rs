//! Records groups of deliveries: plans what a group changes, and writes all of it in one statement.

mod commit;
mod composite;
mod delivery_record;
mod dry_run;
mod headers;
mod history;
mod plan;
mod read_back;
mod received;
mod replays;
mod rows;
mod stored;
mod tokens;
mod write;

pub use delivery_record::{DeliveryRecord, ReplayOf, STORE_REFUSED};
pub use headers::StoredHeaders;
pub(super) use headers::headers_from_text;
pub(super) use history::{Bookkeeping, refund_after};
pub use received::ReceivedDelivery;
pub(super) use rows::StoredEvent;
