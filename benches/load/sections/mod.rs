//! What is measured, in which order.

mod bench;
mod console;
mod growth;
mod idle;
mod inserts;
mod instances;
mod latency;
mod lone;
mod order;
mod ratios;
mod sealed;
mod service;

pub(crate) use order::run;
