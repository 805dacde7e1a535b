//! The API, and what it shares with the console: access, headers, connections.

mod access;
mod actions;
mod bodies;
mod description;
mod events;
mod every_path;
mod lists;
pub(crate) mod mistakes;
pub(crate) mod scene;
mod waiting;
mod why;
