#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod contract;
pub mod crypto;
pub mod kit;
pub mod provider;
pub mod refund;
pub mod wire;
