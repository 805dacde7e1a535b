//! What providers are built from: rules for headers and signatures, readers of fields, a builder of
//! refund events, reusable settings, and a kit for simulation.

pub mod amounts;
pub mod builder;
pub mod content_type;
pub mod demonstration;
pub mod exponents;
pub mod fields;
pub mod freshness;
pub mod headers;
pub mod hmac;
pub mod settings;
pub mod signature;
pub mod simulation;
