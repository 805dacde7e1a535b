//! The statements that a database user with more rights than ours runs, as text.

/// Creates the role through which other services read the views. [`crate::store::Store::migrate`]
/// runs it if its user may create roles.
pub const READER_ROLE: &str = include_str!("../../../migrations/roles/refunds_reader.sql");

/// Creates the publication for change data capture, and the role that may copy it.
pub const PUBLICATION: &str = include_str!("../../../migrations/roles/publication.sql");
