//! Tests of the pure centre, and of the sources as text. No database, no sockets.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod acknowledgements;
mod as_written;
mod bad_news;
mod checksum;
mod configuration;
mod credentials;
mod explained;
mod fixtures;
mod own_scenarios;
mod properties;
mod running_totals;
mod scripts;
mod simulators;
mod subjects;
mod tidy;
mod visible;

use testing::fixtures as fixture_file;
