//! `deliveries list|show|replay`: lists and shows deliveries, and replays kept ones.

mod find;
mod list;
mod replay;
mod run;
mod show;

pub(super) use run::run;
