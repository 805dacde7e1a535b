//! Every list: its options, its pages, and how they are printed.

mod conditions;
mod print;
mod request;
mod sheet;

pub(super) use crate::query::require_account;
pub(super) use crate::rendering::money;
pub(super) use conditions::{deliveries, filter_of_deliveries, refunds};
pub(super) use print::{TableOf, print};
pub(super) use request::{Format, ListRequest};
pub(super) use sheet::Sheet;
