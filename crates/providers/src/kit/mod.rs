//! What providers are built from: one table of rules for headers, rules for signatures, readers of fields, a builder of
//! refund events, reusable settings, and a kit for simulation.

pub mod amounts;
pub mod builder;
pub mod certificates;
pub mod credentials;
pub mod demonstration;
pub mod exponents;
pub mod fields;
pub mod freshness;
pub mod headers;
pub mod hmac;
pub mod identity;
pub mod notice;
pub mod rules;
pub mod separators;
pub mod settings;
pub mod signature;
pub mod simulation;
pub mod spellings;
pub mod subject;
