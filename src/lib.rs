//! refund-inbox: one place for every payment provider's refund callbacks.
//!
//! A delivery's way, which [`receive`] is:
//!
//! ```text
//! bytes in ──► Delivery ──► authenticate ──► Authentic ──► normalize ──► Notice ──► record ──► reply ──► bytes out
//!  http/                    provider/x                     provider/x               store/     provider/x   http/
//! ```
//!
//! - [`provider`], [`refund`], [`crypto`] and [`wire`] are the pure centre: bytes, headers, keys
//!   and the time of receipt in, values out. No clock, no environment, no input or output.
//! - [`http`] is the only place that knows `axum`, [`store`] the only one that knows `sqlx`.
//! - [`recording`] takes deliveries from the one to the other.
//! - [`replay`] sends what was refused or could not be read the same way once more.
//! - [`config`], [`telemetry`], [`embedded`] and [`clock`] are what their names say.
//! - [`service`] is all of it at work, [`reload`] replaces its accounts; [`command`] is the binary's sub-commands.
//!
//! `docs/architecture.md` walks one refund through the files and states the invariants.

#![forbid(unsafe_code)]

pub mod account;
pub mod clock;
pub mod command;
pub mod config;
pub mod http;
pub mod id;
pub mod receive;
pub mod recording;
pub mod replay;
pub mod request;
pub mod service;
pub mod store;
pub mod telemetry;
