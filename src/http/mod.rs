//! In and out: two listeners, public and operator. The only place that knows `axum`.

mod body;
mod connections;
mod listen;
mod open_files;
mod operator;
mod peer;
mod public;
mod readiness;
mod room;

pub use listen::{Listeners, serve};
pub use open_files::most_connections;
pub use operator::router as operator_router;
pub use public::router as public_router;
pub use readiness::Readiness;
