//! The console: its pages, who may see what, and what people do there.

mod accounts;
mod actions;
mod deliveries;
mod feed;
mod mistakes;
mod pages;
mod refunds;
mod reports;
