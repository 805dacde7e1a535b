//! The database's failover and the service's rolling restart, with everything real: a primary with
//! a synchronous standby, a load balancer, the service as a process, senders that repeat.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod balancer;
#[path = "../service/client.rs"]
#[expect(dead_code, reason = "what only the tests of the service send")]
mod client;
mod draining;
mod failover;
mod hosts;
mod pair;
mod rolling;
mod senders;
mod service;
mod tally;
