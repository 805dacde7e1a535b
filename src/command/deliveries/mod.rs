//! `deliveries list|show|why|replay|dismiss`: lists, shows and explains deliveries, replays and dismisses kept
//! ones.

mod dismiss;
mod find;
mod list;
mod replay;
mod run;
mod secret_file;
mod show;
mod why;

pub(super) use run::run;
