//! Refunds and deliveries in Postgres. No other module knows `sqlx`.
//!
//! - `connection` selects the server and leases connections to it.
//! - `record` writes groups of deliveries.
//! - `quarantine` keeps refused deliveries, within limits.
//! - `lookup` reads refunds, deliveries and the feed.
//! - `schema` migrates, and creates the monthly partitions.
//!
//! Each SQL file is beside the code that runs it. The schema is in `migrations/`.

mod attention;
mod connection;
mod error;
mod lookup;
mod quarantine;
mod record;
mod schema;

pub use attention::Resolution;
pub use connection::{ConnectSettings, Store};
pub use error::{StoreError, StoreErrorKind};
pub use lookup::{
    DeliveryDetail, DeliveryFilter, DeliverySummary, FEED_CHANNEL, Feed, FeedEvent, FeedFilter,
    FeedPage, KeptDelivery, KeptFilter, NotWaiting, RecordedEvent, RefundFilter, RefundRow,
};
pub use quarantine::{QuarantineLimits, QuarantineReason, RefusedRecord, TurnedAway};
pub use record::{DeliveryRecord, ReceivedDelivery, ReplayOf, STORE_REFUSED, StoredHeaders};
pub use schema::MigrationReport;
