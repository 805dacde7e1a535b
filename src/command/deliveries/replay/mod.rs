//! `deliveries replay`: judges kept deliveries again.

mod report;
mod run;

pub(super) use run::{conditions, run};
