//! `refunds list|show|explain|note|resolve|erase`: lists, shows and explains refunds, notes something
//! about them, resolves and erases them.

mod chosen;
mod erase;
mod evidence;
mod explain;
mod list;
mod note;
mod resolve;
mod run;
mod show;

pub(super) use crate::query::require_note;
pub(super) use list::table;
pub(super) use run::{find_refunds, run};
