//! The schema: migrations, the statements for an administrator, and the monthly partitions of deliveries.

mod administrator;
mod history;
mod indexes;
mod migrate;
mod partitions;
mod planned;

pub use administrator::{PUBLICATION, READER_ROLE};
pub use migrate::MigrationReport;
pub use planned::PlannedMigration;
