//! `refunds list|show|explain|resolve`: lists, shows, explains and resolves refunds.

mod evidence;
mod explain;
mod list;
mod resolve;
mod run;
mod show;

pub(super) use crate::query::require_note;
pub(super) use list::table;
pub(super) use run::{find_refunds, run};
