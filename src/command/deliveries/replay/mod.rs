//! `deliveries replay`: judges kept deliveries again.

mod report;
mod run;

pub(super) use report::filter_in_words;
pub(super) use run::{conditions, run};
