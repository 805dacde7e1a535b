//! The database's failover and the service's rolling restart, with everything real: a primary with
//! a synchronous standby, a load balancer, the service as a process, providers that send again.

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
mod capture;
mod draining;
mod failover;
mod hosts;
mod instance;
mod load;
mod rolling;
mod upgrade;
