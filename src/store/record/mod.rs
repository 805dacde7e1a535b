//! Writing groups of deliveries: what a group comes to, and the one statement that writes it.

mod commit;
mod composite;
mod delivery_record;
mod dry_run;
mod plan;
mod read_back;
mod received;
mod replays;
mod rows;
mod stored;
mod write;

pub use delivery_record::{DeliveryRecord, STORE_REFUSED};
pub use received::ReceivedDelivery;
pub(super) use received::headers_from_text;
pub use replays::ReplayOf;
pub(super) use rows::StoredEvent;
