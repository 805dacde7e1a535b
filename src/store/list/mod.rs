//! The one query behind every list: conditions select rows of refunds or of deliveries, one sort
//! orders them, and a cursor continues after the last row of a page. The command line uses it, and
//! so can every other interface: nothing here prints.
//!
//! The statement contains only the conditions that were given, so that the planner can use their
//! indexes.

mod amount;
mod candidates;
mod columns;
mod condition;
mod cursor;
mod estimate;
mod past;
mod query;
mod read;
mod row;
mod sortable;
mod sorting;
mod statement;
mod tables;

pub use amount::AmountRange;
pub use columns::{Column, ColumnKind, Listed};
pub use condition::{Condition, ListedTime};
pub use cursor::{Cursor, Direction, Sort};
pub use query::ListQuery;
pub use read::Page;
pub use row::Row;
pub use sortable::{ListError, TooManyToSort};
