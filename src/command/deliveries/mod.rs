//! `deliveries list|show|replay|dismiss`: lists and shows deliveries, replays and dismisses kept
//! ones.

mod dismiss;
mod find;
mod list;
mod replay;
mod run;
mod show;

pub(super) use run::run;
