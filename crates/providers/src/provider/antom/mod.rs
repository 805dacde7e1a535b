//! Antom (Alipay global): `notifyRefund`.
//!
//! Follows <https://docs.antom.com/ac/ams/notify_refund> and
//! <https://docs.antom.com/ac/ams/digital_signature>. What stands there and what we infer:
//! `docs/providers/antom.md`.

mod authenticate;
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

/// Antom in the registry.
pub const DEFINITION: Definition = Definition {
    name: "antom",
    documentation: "https://docs.antom.com/ac/ams/notify_refund",
    demonstrations: simulate::demonstrations,
};

/// Antom as one account has it.
#[derive(Debug)]
struct Antom {
    client_id: String,
    /// By `keyVersion`.
    public_keys: Vec<PublicKey>,
    /// The path that Antom calls, where a proxy shows us another.
    external_path: Option<String>,
}

impl Provider for Antom {
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
