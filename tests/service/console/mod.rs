//! The console: its pages, who may see what, and what people do there.

mod pages;
mod refunds;
