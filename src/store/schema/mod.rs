//! The schema: migrations, the reader's role, and the monthly partitions of deliveries.

mod history;
mod indexes;
mod migrate;
mod partitions;

pub use migrate::MigrationReport;
