//! The providers there are. Adding one: its folder, and one line here.

use serde::{Deserialize, Deserializer};

use crate::contract::Settings;
use crate::contract::simulation::Demonstration;
use crate::crypto::rsa::SigningError;

/// A provider as the registry knows it.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its name in routes, in the configuration and in the database.
    pub name: &'static str,
    /// Where its contract is documented.
    pub documentation: &'static str,
    /// Throw-away accounts that show its dialects; `token` makes their secrets their own.
    pub demonstrations: fn(token: &str) -> Result<Vec<Demonstration>, SigningError>,
}

macro_rules! registry {
    ($($module:ident),* $(,)?) => {
        /// Every provider.
        pub const DEFINITIONS: &[Definition] = &[$(super::$module::DEFINITION),*];

        /// Reads the settings of an account of the provider of this name; `None` when there is no
        /// such provider.
        pub fn read_settings<'de, D: Deserializer<'de>>(
            provider: &str,
            source: D,
        ) -> Option<Result<Box<dyn Settings>, D::Error>> {
            $(
                if provider == super::$module::DEFINITION.name {
                    let settings = super::$module::Settings::deserialize(source);
                    return Some(settings.map(|read| Box::new(read) as Box<dyn Settings>));
                }
            )*
            None
        }
    };
}

registry! {
    alipay,
    antom,
    eftpay,
    nomad,
    paycools,
    wechatpay,
}

/// The definition of the provider of this name.
pub fn definition(name: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.name == name)
}
