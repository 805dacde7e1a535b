//! Rows as JSON and as CSV, for commands, for the API and for the console.

mod amounts;
mod cells;
pub mod csv;
mod ordered;
pub mod printable;
mod report;
mod story;

pub use amounts::{major_units, money};
pub use cells::{CsvOfList, all_columns, plain, readable};
pub use ordered::Ordered;
pub use report::ReportCells;
pub use story::{note, notes, story, with_story};
