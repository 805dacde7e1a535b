//! Alipay (open platform): the trade notification that carries a refund, and the deposit-back
//! message of the app gateway.
//!
//! Follows <https://opendocs.alipay.com/open/203/105286> and
//! <https://opendocs.alipay.com/open/a5181a0b_alipay.trade.refund.depositback.completed>. A refund
//! has no notify_url of its own: it is told to the payment's. What stands there and what we infer:
//! `docs/providers/alipay.md`.

mod authenticate;
mod deposit_back;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use super::registry::Definition;
use crate::contract::Unreadable;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::contract::{
    Answer, Authentic, Delivery, KeyDescription, NotAuthentic, Notice, Provider, Reply,
};
use crate::crypto::PublicKey;

pub use settings::Settings;

/// Alipay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "alipay",
    documentation: "https://opendocs.alipay.com/open/203/105286",
    demonstrations: simulate::demonstrations,
};

/// Alipay as one account has it.
#[derive(Debug)]
struct Alipay {
    app_id: String,
    seller_id: Option<String>,
    /// Alipay's keys, not the app's. A message names none, so every one is tried.
    public_keys: Vec<PublicKey>,
    /// Whether `sign_type=RSA`, which is SHA-1, is accepted.
    allow_sha1: bool,
}

impl Provider for Alipay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        Ok(authenticate::authenticate(self, delivery)?)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        normalize::normalize(authentic)
    }

    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        reply::reply(answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        self.public_keys.iter().map(KeyDescription::from).collect()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        simulate::simulate(self, order)
    }
}
