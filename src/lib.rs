//! refund-inbox: a service that receives the refund callbacks of payment providers.
//!
//! [`receive`] is the path of a delivery:
//!
//! ```text
//! bytes in ──► Delivery ──► authenticate ──► Authentic ──► normalize ──► Meaning ──► reply ──► record ──► Outcome ──► bytes out
//!  http/                    provider/x                     provider/x               provider/x  store/                 http/
//! ```
//!
//! - The crate `refund_providers` is the pure centre. It takes bytes, headers, keys and the time of
//!   receipt, and returns values. It has no clock, no environment, no input and no output.
//! - [`http`] has the listeners. Beside it, only [`api`] and [`console`] know `axum`, and only
//!   [`store`] knows `sqlx`.
//! - [`api`] and [`console`] are what programs and people call. [`operator`] is what both work with,
//!   [`access`] decides who gets in, [`announcements`] wakes who waits for the feed, and [`sharing`]
//!   gives counts that cost much to several people.
//! - [`recording`] hands deliveries from [`http`] to [`store`] and commits them in groups.
//! - [`replay`] judges deliveries again that were refused, unreadable or only partly read, and
//!   [`diagnosis`] says why a delivery has its verdict.
//! - [`refusals`] counts refusals in a row and raises the alarm.
//! - [`account`] and [`request`] are the accounts and the requests of a running service.
//! - [`query`] reads what somebody asks, [`lookup`] finds it, and [`rendering`] writes rows as JSON
//!   and CSV.
//! - [`config`], [`telemetry`], [`clock`] and [`id`] are what their names say.
//! - [`service`] runs all of it and reloads its accounts. [`command`] has the sub-commands of the
//!   binary.
//!
//! `docs/architecture.md` follows one refund through the files and states the invariants.

#![forbid(unsafe_code)]

pub mod access;
pub mod account;
pub mod announcements;
pub mod api;
pub mod clock;
pub mod command;
pub mod config;
pub mod console;
pub mod diagnosis;
pub mod http;
pub mod id;
pub mod lookup;
pub mod operator;
pub mod query;
pub mod receive;
pub mod recording;
pub mod refusals;
pub mod rendering;
pub mod replay;
pub mod request;
pub mod service;
pub mod sharing;
pub mod store;
pub mod telemetry;
