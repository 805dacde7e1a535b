//! `deliveries list|show|replay`: lists and shows deliveries, and replays kept ones.

mod list;
mod replay;
mod run;
mod show;

pub(super) use run::run;
