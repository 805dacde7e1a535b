//! Who calls the API or the console, and what the caller may do. Pure: headers, the address of the
//! connection and the configuration go in; a [`Caller`] or a [`Refusal`] comes out.
//!
//! - A token in `Authorization: Bearer` identifies a program. The service compares its SHA-256 with
//!   the configured ones, in constant time.
//! - The header of a login proxy identifies a person. The service believes it only if the connection
//!   comes from a trusted proxy.
//! - If neither is configured, callers on the loopback interface are viewers, and nobody else gets
//!   in.

mod caller;
mod identify;
mod loopback;
mod refusal;

pub use crate::config::Role;
pub use caller::{Caller, Interface, Permission};
pub use identify::Access;
pub use refusal::Refusal;
