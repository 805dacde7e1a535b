//! Every list: its options, its pages, and how they are printed.

mod conditions;
mod names;
mod ordered;
mod print;
mod request;
mod sheet;

pub(super) use conditions::{deliveries, refunds, time};
pub(super) use names::{require_account, require_provider};
pub(super) use print::{TableOf, money, print};
pub(super) use request::{Format, ListRequest};
pub(super) use sheet::Sheet;
