//! `deliveries list|show|why|note|replay|dismiss`: lists, shows and explains deliveries, notes
//! something about them, replays and dismisses kept ones.

mod dismiss;
mod find;
mod list;
mod note;
mod replay;
mod run;
mod secret_file;
mod show;
mod why;

pub(super) use run::run;
