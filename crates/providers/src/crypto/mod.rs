//! Thin, total functions over well-kept libraries, and the only place that mints a [`Proof`].
//!
//! Everything here is pure. Attacker-made lengths are checked before a library sees them, digests
//! are compared in constant time, and no algorithm is ever chosen because a request asks for it.

pub mod cipher;
mod fingerprint;
pub mod hash;
mod proof;
pub mod public_key;
pub mod rsa;
mod secret;

pub use fingerprint::KeyId;
pub use hash::HexDigest;
pub use proof::{Proof, SignatureForm};
pub use public_key::{PublicKey, PublicKeyError};
pub use rsa::SigningKey;
pub use secret::Secret;
