//! Verifies payment providers' refund notifications and normalizes them into one refund event.
//!
//! The crate is pure. Bytes, headers, keys and the time of receipt go in; values come out. It
//! reads no clock and no environment, and it does no input or output.
//!
//! - [`contract`] is what every provider fulfils: the traits, and the types on a delivery's way.
//! - [`provider`] has one folder for each provider, and the registry.
//! - [`kit`] is what providers are built from: header rules, field readers, verifiers, simulation.
//! - [`refund`] has the refund event, money, and the fold from events to a state.
//! - [`crypto`] verifies and decrypts; only it can make a proof of authenticity.
//! - [`wire`] has strict readers of JSON, forms, XML and times.

#![forbid(unsafe_code)]

pub mod contract;
pub mod crypto;
pub mod kit;
pub mod provider;
pub mod refund;
pub mod wire;
