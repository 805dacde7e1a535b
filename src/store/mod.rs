//! Refunds and deliveries in Postgres. The only place that knows `sqlx`.
//!
//! Statements stand as text in `src/store/sql/` where they are long. The schema stands in
//! `migrations/`.

mod commit;
mod composite;
mod connect;
mod deliveries;
mod doubt;
mod error;
mod feed;
mod hosts;
mod known;
mod lease;
mod migrate;
mod partitions;
mod pen;
mod plan;
mod probe;
mod read_back;
mod received;
mod record;
mod refunds;
mod rows;
mod write;

pub use connect::{ConnectSettings, Store};
pub use deliveries::{DeliveryDetail, DeliveryFilter, DeliverySummary};
pub use error::{StoreError, StoreErrorKind};
pub use feed::{FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage};
pub use migrate::MigrationReport;
pub use pen::{PenLimits, RefusedRecord};
pub use received::ReceivedDelivery;
pub use record::{Content, DeliveryRecord, Recorded};
pub use refunds::{RecordedEvent, RefundFilter, RefundRow};
