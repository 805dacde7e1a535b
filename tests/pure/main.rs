//! Tests of the pure centre, and of the sources as text. No database, no sockets.

mod acknowledgements;
mod configuration;
mod fixture_file;
mod fixtures;
mod properties;
mod tidy;
