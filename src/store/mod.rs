//! Refunds and deliveries in Postgres. The only place that knows `sqlx`.
//!
//! Statements stand as text in `src/store/sql/` where they are long. The schema stands in
//! `migrations/`.

mod commit;
mod composite;
mod connect;
mod deliveries;
mod delivery_record;
mod doubt;
mod error;
mod feed;
mod hosts;
mod kept;
mod known;
mod lease;
mod migrate;
mod partitions;
mod pen;
mod plan;
mod probe;
mod read_back;
mod received;
mod refunds;
mod replays;
mod rows;
mod write;

pub use connect::{ConnectSettings, Store};
pub use deliveries::{DeliveryDetail, DeliveryFilter, DeliverySummary};
pub use delivery_record::{Content, DeliveryRecord, Recorded, STORE_REFUSED};
pub use error::{StoreError, StoreErrorKind};
pub use feed::{FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage};
pub use kept::{KeptDelivery, KeptFilter, KeptVerdict, NotWaiting};
pub use migrate::MigrationReport;
pub use pen::{PenLimits, RefusedRecord};
pub use received::ReceivedDelivery;
pub use refunds::{RecordedEvent, RefundFilter, RefundRow};
pub use replays::ReplayOf;
