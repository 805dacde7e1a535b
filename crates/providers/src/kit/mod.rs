//! What providers are built from: the rules for headers, readers of fields, and settings.

pub mod content_type;
pub mod fields;
pub mod freshness;
pub mod headers;
pub mod settings;
