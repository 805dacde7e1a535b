//! Refunds and deliveries in Postgres. No other module knows `sqlx`.
//!
//! - `connection` selects the server and leases connections to it.
//! - `record` writes groups of deliveries.
//! - `quarantine` keeps refused deliveries, within limits.
//! - `list` is the one query behind every list of refunds or deliveries.
//! - `lookup` reads one refund or delivery, and the feed.
//! - `status` reads what waits for a person; `attention` and `audit` note what people did, and
//!   `notes` reads what they noted.
//! - `overview` counts refunds and deliveries over time, for charts.
//! - `story` reads everything about one refund; `reports` adds refunds up; `as_of` bounds a look at
//!   the past.
//! - `retention` empties old deliveries and drops old months of them.
//! - `erasure` erases the personal data of one refund.
//! - `at_rest` seals bodies and headers, and opens them.
//! - `schema` migrates, and creates the monthly partitions.
//!
//! Each SQL file is beside the code that runs it. The schema is in `migrations/`.

mod as_of;
mod at_rest;
mod attention;
mod audit;
mod connection;
mod erasure;
mod error;
mod list;
mod lookup;
mod notes;
mod overview;
mod quarantine;
mod record;
mod reports;
mod retention;
mod schema;
mod status;
mod story;

pub use attention::{Dismissal, Resolution};
pub use audit::{Action, AuditRow, Deed};
pub use connection::{ConnectSettings, Readers, Store};
pub use erasure::{Erased, Erasure};
pub use error::{StoreError, StoreErrorKind};
pub use list::{
    AmountRange, Column, ColumnKind, Condition, Cursor, Direction, ListError, ListQuery, Listed,
    ListedTime, Page, Row, Sort, TooManyToSort,
};
pub use lookup::{
    DeliveryDetail, Dismissed, FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage, IdPrefix,
    KeptDelivery, KeptFilter, NotWaiting, RecordedEvent,
};
pub use notes::{Note, Noted};
pub use overview::{Counted, MOST_DRAWN};
pub use quarantine::{QuarantineLimits, QuarantineReason, RefusedRecord, TurnedAway};
pub use record::{DeliveryRecord, ReceivedDelivery, ReplayOf, STORE_REFUSED, StoredHeaders};
pub use reports::{Aged, Changed, ReportQuery, Total};
pub use retention::{Emptied, KeptMonth, Months};
pub use schema::{MigrationReport, PUBLICATION, PlannedMigration, READER_ROLE};
pub use status::{AccountActivity, OpenRefunds, Waiting};
pub use story::{Resolved, Story};
