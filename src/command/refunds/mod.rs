//! `refunds list|show|explain`: lists, shows and explains refunds.

mod explain;
mod list;
mod run;
mod show;

pub(super) use list::table;
pub(super) use run::{find_refunds, run};
