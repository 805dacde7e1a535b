//! `status`: shows what waits for a person.

mod rows;
mod run;

pub(super) use run::run;
