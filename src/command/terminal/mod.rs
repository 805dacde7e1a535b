//! The terminal: standard output, and times on the command line.

pub(super) mod output;
pub(super) mod stdout_writer;
pub(super) mod times;
