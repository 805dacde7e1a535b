//! The terminal: its width, tables that fit it, text that cannot control it, and times.

pub(super) mod csv;
pub(super) mod output;
pub(super) mod printable;
pub(super) mod screen;
pub(super) mod stdout_writer;
pub(super) mod table;
pub(super) mod times;
