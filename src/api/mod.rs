//! The HTTP API below `/api/v1`: the look-ups of the command line, for programs.
//!
//! - `router` has the paths, and `description` the OpenAPI document that they make.
//! - `request` reads what a caller asks, `answer` writes JSON and CSV, and `problem` what went wrong.
//! - `refunds`, `deliveries`, `events` (the feed), `reports` and `status` look up.
//! - `actions` replays, resolves, dismisses and notes.

mod actions;
mod answer;
mod deliveries;
mod description;
mod events;
mod problem;
mod refunds;
mod reports;
mod request;
mod router;
mod schemas;
mod status;

pub use answer::Streaming;
pub(crate) use answer::{csv, list};
pub(crate) use deliveries::{conditions, conditions_of, diagnosis, find, note};
pub use problem::Problem;
pub(crate) use request::{Reference, require_known};
pub use router::{openapi, router};
