//! Thin, total functions over maintained libraries. Only this module can make a [`Proof`].
//!
//! Everything here is pure. Functions check lengths before a library sees them and compare digests
//! in constant time. A request never chooses an algorithm.

pub mod certified_key;
pub mod checksum;
pub mod cipher;
pub mod credential;
mod fingerprint;
pub mod hash;
mod proof;
pub mod public_key;
pub mod rsa;
mod secret;
pub mod trust;

pub use certified_key::CertifiedKey;
pub use credential::{CredentialDigest, Salt};
pub use fingerprint::KeyId;
pub use hash::PresentedDigest;
pub use proof::{Proof, SignatureForm};
pub use public_key::{PublicKey, PublicKeyError};
pub use rsa::SigningKey;
pub use secret::Secret;
pub use trust::Trust;
