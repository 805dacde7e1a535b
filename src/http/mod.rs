//! The two HTTP listeners, public and operator.

mod client_address;
mod limits;
mod listen;
mod operator;
mod public;
mod readiness;

pub use limits::most_connections;
pub use listen::{Listeners, serve};
pub use operator::router as operator_router;
pub use public::router as public_router;
pub use readiness::Readiness;
