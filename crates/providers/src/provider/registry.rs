//! The look-up of providers by name. The list is in the parent module.

use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use serde::Deserializer;

use crate::contract::{Definition, Settings};

pub use super::DEFINITIONS;

/// Returns the definition of the provider of this name.
pub fn definition(name: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.name == name)
}

/// Returns whether the values of this header are tokens or passwords, at any provider: a sender may
/// present a token to the account of another provider by mistake.
pub fn is_credential(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name)
        || DEFINITIONS.iter().any(|known| known.credential_headers.contains(&name.as_str()))
}

/// Reads the settings of an account of the provider of this name, from any format of serde. Returns
/// `None` if there is no provider of this name. Unknown keys are ignored; the caller can find them
/// with `serde_ignored`.
pub fn read_settings<'de, D: Deserializer<'de>>(
    provider: &str,
    source: D,
) -> Option<Result<Box<dyn Settings>, D::Error>> {
    super::read_settings(provider, source)
}
