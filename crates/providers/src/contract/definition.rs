//! How the registry describes a provider.

use super::RepeatedFailures;
use super::simulation::Demonstrations;

/// A provider in the registry.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its name in routes, in the configuration and in the database.
    pub name: &'static str,
    /// The URL of its documentation.
    pub documentation: &'static str,
    /// Whether it refuses notifications whose time of signing is outside a window around the time
    /// of receipt. Other providers document no window: for them a late notification is valid, and
    /// a repeated one is harmless.
    pub has_window: bool,
    /// The headers in which the provider presents a token or password, in lower case. Their values
    /// are never stored. `authorization` needs no entry.
    pub credential_headers: &'static [&'static str],
    /// What the provider does when its notifications fail again and again. If it does something,
    /// its page says under "Refusals in a row" how to undo it.
    pub repeated_failures: RepeatedFailures,
    /// Makes throw-away accounts, one for each dialect, for `demo` and for tests. Equal tokens
    /// give equal secrets; RSA keys are new each time.
    pub demonstrations: fn(token: &str) -> Demonstrations,
}
