//! PayCools (Philippines, J&T) and PayCools MY / BluePay.
//!
//! Two wire forms; an account speaks one of them, its `variant`, and never the other: `flat`
//! follows <https://doc.paycools.com/PartnerEventCallback/CallBackApiSignatureRule.html>,
//! `envelope` follows <https://docs.paycools.com.my/en/UnifiedAPIParam.html>. What stands there,
//! what we infer and what nobody has written down: `docs/providers/paycools.md`.

mod authenticate;
mod normalize;
mod reply;
mod settings;
mod simulate;
mod wire;

use time::UtcOffset;

use super::registry::Definition;
use crate::contract::Unreadable;
use crate::contract::simulation::{Simulated, SimulationError, SimulationOrder};
use crate::contract::{
    Answer, Authentic, Delivery, KeyDescription, NotAuthentic, Notice, Provider, Reply,
};
use crate::crypto::{PublicKey, Secret};
use crate::refund::Currency;

pub use settings::Settings;

/// PayCools in the registry.
pub const DEFINITION: Definition = Definition {
    name: "paycools",
    documentation: "https://doc.paycools.com",
    demonstrations: simulate::demonstrations,
};

/// PayCools as one account has it.
#[derive(Debug)]
struct PayCools {
    dialect: Dialect,
    /// Of every amount; the payload names none.
    currency: Currency,
    /// The zone of the payload's times, which name none.
    offset: UtcOffset,
    /// The `code` of a success answer.
    ack_code: i64,
}

/// The wire form of an account, with the keys that verify it.
#[derive(Debug)]
enum Dialect {
    /// A JSON object with its signature as a member.
    Flat(Vec<Secret>),
    /// `{"param": "<JSON text>", "sign": "<base64>"}`.
    Envelope(Vec<PublicKey>),
}

impl Provider for PayCools {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        Ok(authenticate::authenticate(self, delivery)?)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        normalize::normalize(self, authentic)
    }

    fn reply(&self, _delivery: &Delivery<'_>, answer: Answer) -> Reply {
        reply::reply(self, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        match &self.dialect {
            Dialect::Flat(secrets) => secrets.iter().map(KeyDescription::from).collect(),
            Dialect::Envelope(keys) => keys.iter().map(KeyDescription::from).collect(),
        }
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        simulate::simulate(self, order)
    }
}
