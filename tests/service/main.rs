//! A real receiver on a real Postgres: over sockets, in process or as the program itself.

mod client;
mod commands;
mod database;
#[path = "../pure/fixture_file.rs"]
mod fixture_file;
mod fixtures;
mod hazards;
mod outcomes;
mod pen;
mod postgres;
mod process;
mod receiver;
mod recording;
mod shutdown;
mod sql_contract;
