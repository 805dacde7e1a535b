//! The HTTP API below `/api/v1`: the look-ups of the command line, for programs.

mod problem;
mod router;

pub use problem::Problem;
pub use router::router;
