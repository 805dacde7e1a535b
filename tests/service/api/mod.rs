//! The API, and what it shares with the console: access, headers, connections.

mod access;
mod scene;
