//! Every list: its options, its pages, and how they are printed.

mod conditions;
mod names;
mod print;
mod request;

pub(super) use conditions::{deliveries, refunds, time};
pub(super) use names::require_account;
pub(super) use print::{TableOf, money, print};
pub(super) use request::ListRequest;
