//! eftPay (EFT Solutions, Hong Kong; the VMP gateway).
//!
//! Follows <https://vmp.eftpay.com.cn/vmp-docs/en>: `develop-guide/DoSign.html`,
//! `develop-guide/VerifySign.html` and `api-reference/scene/*/RefundNotify.html`. What stands
//! there, what we infer and what nobody has written down: `docs/providers/eftpay.md`.

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
use crate::crypto::Secret;

pub use settings::Settings;

/// eftPay in the registry.
pub const DEFINITION: Definition = Definition {
    name: "eftpay",
    documentation: "https://vmp.eftpay.com.cn/vmp-docs/en",
    demonstrations: simulate::demonstrations,
};

/// eftPay as one account has it.
#[derive(Debug)]
struct EftPay {
    user_confirm_key: String,
    secrets: Vec<Secret>,
}

impl Provider for EftPay {
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        Ok(authenticate::authenticate(self, delivery)?)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        normalize::normalize(authentic)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        reply::reply(self, delivery.received_at, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        self.secrets.iter().map(KeyDescription::from).collect()
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        simulate::simulate(self, order)
    }
}
