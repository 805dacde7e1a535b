//! Makes the notifications of `simulate` and `demo`.

use time::{Duration, OffsetDateTime};

use super::Failure;
use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::id::new_id;
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder};
use refund_providers::crypto::SigningKey;

/// Which refund a notification is about, and when the provider makes it.
#[derive(Clone, Debug)]
pub(super) struct Occasion {
    /// The part of the refund's ids that is its own.
    serial: String,
    /// The time on the provider's clock.
    pub at: OffsetDateTime,
}

impl Occasion {
    /// Returns an occasion of a refund whose ids are new.
    pub(super) fn new(at: OffsetDateTime) -> Self {
        let id = new_id(Clock::System.now()).simple().to_string();
        // The last digits of a version 7 UUID are random.
        let serial = id.get(id.len().saturating_sub(16)..).unwrap_or(&id).to_owned();
        Self { serial, at }
    }

    /// Returns a later or earlier occasion of the same refund.
    pub(super) fn moved(&self, seconds: i64) -> Self {
        let at = self.at.checked_add(Duration::seconds(seconds)).unwrap_or(self.at);
        Self { serial: self.serial.clone(), at }
    }
}

/// Makes one notification about a refund whose ids are new.
pub(super) fn make(
    account: &ConfiguredAccount,
    scenario: Scenario,
    signing_key: Option<&SigningKey>,
) -> Result<Simulated, Failure> {
    make_at(account, scenario, signing_key, &Occasion::new(Clock::System.now()))
}

/// Makes one notification on this occasion.
pub(super) fn make_at(
    account: &ConfiguredAccount,
    scenario: Scenario,
    signing_key: Option<&SigningKey>,
    occasion: &Occasion,
) -> Result<Simulated, Failure> {
    let path = format!("/notify/{}/{}", account.provider_name, account.name);
    let order = SimulationOrder {
        scenario,
        now: occasion.at,
        serial: &occasion.serial,
        path: &path,
        signing_key,
    };
    Ok(account.provider.simulate(&order)?)
}
