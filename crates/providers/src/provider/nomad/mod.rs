//! Samarkand Nomad Broker.
//!
//! The broker documents no notification of its own (<https://api.samarkand.io/doc/nomad-broker>):
//! its `notifyUrl` is handed through to WeChat Pay, so an account in mode `wechatpay` is read as a
//! WeChat Pay account is. Mode `relay` is a convention of *ours*, for whoever forwards the broker's
//! refund object. What is known and what is inferred: `docs/providers/nomad.md`.

mod authenticate;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use super::registry::Definition;
use super::wechatpay::WeChatPay;
use crate::contract::Unreadable;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::contract::{
    Answer, Authentic, Delivery, KeyDescription, NotAuthentic, Notice, Provider, Reply,
};
use crate::crypto::Secret;

pub use settings::Settings;

/// Nomad in the registry.
pub const DEFINITION: Definition = Definition {
    name: "nomad",
    documentation: "https://api.samarkand.io/doc/nomad-broker",
    demonstrations: simulate::demonstrations,
};

/// Nomad as one account has it.
#[derive(Debug)]
enum Nomad {
    /// WeChat Pay's own notifications.
    WeChatPay(Box<WeChatPay>),
    /// The broker's refund object, forwarded.
    Relay(Relay),
}

/// The keys of a relay.
#[derive(Debug)]
struct Relay {
    secrets: Vec<Secret>,
    clock_skew_seconds: u32,
}

impl Provider for Nomad {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        match self {
            Self::WeChatPay(account) => account.authenticate(delivery),
            Self::Relay(relay) => Ok(authenticate::authenticate(relay, delivery)?),
        }
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        match self {
            Self::WeChatPay(account) => account.normalize(authentic),
            Self::Relay(_) => normalize::normalize(authentic),
        }
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        match self {
            Self::WeChatPay(account) => account.reply(delivery, answer),
            Self::Relay(_) => reply::reply(answer),
        }
    }

    fn keys(&self) -> Vec<KeyDescription> {
        match self {
            Self::WeChatPay(account) => account.keys(),
            Self::Relay(relay) => relay.secrets.iter().map(KeyDescription::from).collect(),
        }
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        match self {
            Self::WeChatPay(account) => account.simulate(order),
            Self::Relay(relay) => simulate::simulate(relay, order),
        }
    }
}
