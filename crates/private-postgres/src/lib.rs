#![doc = include_str!("../README.md")]
//!
//! ## The modules, in the order of a start
//!
//! - `settings` and `name`: what the caller chooses;
//! - `state`: the state directory, and the directory of its data;
//! - `account`: the user that the server's programs run as;
//! - `lock`: only one process may use a state directory;
//! - `previous`: waits for the server of an earlier process that was killed;
//! - `programs`, with `places` and `version`: finds `initdb` and `postgres`;
//! - `cluster`: creates the data directory, completely or not at all;
//! - `socket`: the directory in which the server listens, and the URL for clients;
//! - `guarded`, with `guard.sh`: runs a program that cannot outlive this process;
//! - `server`: starts and stops the server;
//! - `pid_file`, `log_file`, `patience`, `path_id`: `postmaster.pid`, the server's log, polling, and
//!   short ids for paths;
//! - `error`: everything that can fail, each in one line.

mod account;
mod cluster;
mod error;
mod guarded;
mod lock;
mod log_file;
mod name;
mod path_id;
mod patience;
mod pid_file;
mod places;
mod previous;
mod programs;
mod server;
mod settings;
mod socket;
mod state;
mod version;

pub use error::Error;
pub use server::Server;
pub use settings::{Durability, Settings, Tuning};
