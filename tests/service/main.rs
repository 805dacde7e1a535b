//! Tests a real receiver on a real Postgres, over sockets, in this process or as the program
//! itself.

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

mod api;
mod at_rest;
mod audit;
mod certificates;
mod commands;
mod concurrency;
mod console;
mod control_characters;
mod credentials;
mod deprecated;
mod documented;
mod erasure;
mod every_route;
mod facts;
mod feed;
mod fixtures;
mod gauges;
mod hazards;
mod history;
mod lists;
mod lost_answers;
mod migrating;
mod mistakes;
mod notes;
mod observability;
mod orders;
mod outcomes;
mod overload;
mod quarantine;
mod readers;
mod recording;
mod refusals;
mod replay;
mod replay_command;
mod reports;
mod retention;
mod rotation;
mod sharding;
mod shutdown;
mod simulated;
mod single_use;
mod sql_contract;
mod statements;
mod status;
mod story;
mod tables;
mod turned_away;
mod watching;
mod why;

use testing::{client, fixtures as fixture_file, postgres, receiver};
