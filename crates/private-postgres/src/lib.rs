//! The embedded default: our own private Postgres, for when no database URL is configured.
//!
//! It is the real server, run from the PostgreSQL programs installed on the machine, in the
//! service's state directory, on a Unix socket, as a user that is never root. It ends with the
//! service, however the service ends. Everything here blocks; run it where blocking is allowed.
//!
//! In the order of a start:
//!
//! - `settings`: what the caller chooses;
//! - `state`: the state directory and where its data really is;
//! - `account`: the user the server's programs run as;
//! - `lock`: one service on one directory;
//! - `previous`: a server that an earlier, killed service left behind;
//! - `programs`, with `places` and `version`: finding `initdb` and `postgres`;
//! - `cluster`: making the data directory, all of it or nothing;
//! - `socket`: where the server listens, and the URL that says so;
//! - `guarded`, with `guard.sh`: a process that cannot outlive us;
//! - `server`: all of it together;
//! - `pid_file`, `log_file`, `patience`, `path_id`: reading `postmaster.pid`, the server's log,
//!   waiting, short names for paths;
//! - `error`: everything that can go wrong, each in one line.

mod account;
mod cluster;
mod error;
mod guarded;
mod lock;
mod log_file;
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
pub use settings::{Durability, Settings};
