//! The payment providers: one folder each, with the same file names. `docs/providers/` has a page
//! for each.

pub mod registry;

use serde::{Deserialize, Deserializer};

use crate::contract::{Definition, Settings};

/// Declares the module of each provider and enters the provider in the registry.
///
/// The name and the `if` are those of the crate `cfg-if`. rustfmt looks for module declarations only
/// in macro calls of this form, and otherwise would not format the providers.
macro_rules! cfg_if {
    (if #[cfg(all())] { $(pub mod $name:ident;)* }) => {
        $(pub mod $name;)*

        /// Every provider.
        pub const DEFINITIONS: &[Definition] = &[$($name::DEFINITION),*];

        fn read_settings<'de, D: Deserializer<'de>>(
            provider: &str,
            source: D,
        ) -> Option<Result<Box<dyn Settings>, D::Error>> {
            $(
                if provider == $name::DEFINITION.name {
                    let settings = $name::Settings::deserialize(source);
                    return Some(settings.map(|read| Box::new(read) as Box<dyn Settings>));
                }
            )*
            None
        }
    };
}

// To add a provider, add its line here.
cfg_if! {
    if #[cfg(all())] {
        pub mod adyen;
        pub mod airwallex;
        pub mod alipay;
        pub mod antom;
        pub mod checkout;
        pub mod eftpay;
        pub mod nomad;
        pub mod paycools;
        pub mod paymongo;
        pub mod paypal;
        pub mod qfpay;
        pub mod razorpay;
        pub mod stripe;
        pub mod unionpay;
        pub mod wechatpay;
        pub mod xendit;
    }
}
