//! Samarkand Nomad Broker.
//!
//! The broker documents no notification of its own (<https://api.samarkand.io/doc/nomad-broker>).
//! It passes its `notifyUrl` to WeChat Pay, so an account in mode `wechatpay` is read as a WeChat
//! Pay account. Mode `relay` is *our* convention for a relay that forwards the broker's refund
//! object. `docs/providers/nomad.md` says what is documented and what we infer.

mod authenticate;
mod explain;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use super::wechatpay::WeChatPay;
use crate::contract::simulation::{Authentication, Demonstration, Demonstrations};
use crate::contract::{Definition, KeyDescription, Keys, RepeatedFailures};
use crate::crypto::Secret;
use crate::kit::freshness::Window;

pub use settings::Settings;

/// Nomad in the registry.
pub const DEFINITION: Definition = Definition {
    name: "nomad",
    documentation: "https://api.samarkand.io/doc/nomad-broker",
    has_window: true,
    credential_headers: &[],
    repeated_failures: RepeatedFailures::NothingDocumented,
    demonstrations,
};

fn demonstrations(token: &str) -> Demonstrations {
    let settings = format!("mode = \"relay\"\nsecrets = [\"{token}\"]\n");
    let method = Authentication::HmacSha256;
    Ok(vec![Demonstration::new("nomad relay", method, "demo-nomad", &settings)])
}

/// Nomad with the settings of one account.
#[derive(Debug)]
pub enum Nomad {
    /// WeChat Pay's own notifications.
    WeChatPay(Box<WeChatPay>),
    /// The broker's refund object, forwarded by a relay.
    Relay(Relay),
}

/// The keys of a relay.
#[derive(Debug)]
pub struct Relay {
    secrets: Vec<Secret>,
    window: Window,
}

impl Keys for Nomad {
    fn keys(&self) -> Vec<KeyDescription> {
        match self {
            Self::WeChatPay(account) => account.keys(),
            Self::Relay(relay) => KeyDescription::all(&relay.secrets),
        }
    }
}
