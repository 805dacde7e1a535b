//! `status`: shows what waits for a person.

mod run;

pub(super) use run::{run, table};
