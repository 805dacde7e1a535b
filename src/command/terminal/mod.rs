//! The terminal: its width, tables that fit it, and text that cannot control it.

pub(super) mod output;
pub(super) mod screen;
pub(super) mod stdout_writer;
pub(super) mod table;

pub(super) use crate::query as times;
pub(super) use crate::rendering::printable;
