//! `refunds list|show|explain|resolve|erase`: lists, shows, explains, resolves and erases refunds.

mod chosen;
mod erase;
mod evidence;
mod explain;
mod list;
mod resolve;
mod run;
mod show;

pub(super) use crate::query::require_note;
pub(super) use list::table;
pub(super) use run::{find_refunds, run};
