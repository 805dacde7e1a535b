//! Makes the notifications of `simulate` and `demo`.

use time::OffsetDateTime;

use super::Failure;
use crate::clock::Clock;
use crate::config::ConfiguredAccount;
use crate::id::new_id;
use refund_providers::contract::simulation::{Scenario, Simulated, SimulationOrder};
use refund_providers::crypto::SigningKey;

/// Makes one notification about a refund whose ids are new.
pub(super) fn make(
    account: &ConfiguredAccount,
    scenario: Scenario,
    signing_key: Option<&SigningKey>,
) -> Result<Simulated, Failure> {
    let now: OffsetDateTime = Clock::System.now();
    let id = new_id(now).simple().to_string();
    // The last digits of a version 7 UUID are random.
    let serial = id.get(id.len().saturating_sub(16)..).unwrap_or(&id);
    let path = format!("/notify/{}/{}", account.provider_name, account.name);
    let order = SimulationOrder { scenario, now, serial, path: &path, signing_key };
    Ok(account.provider.simulate(&order)?)
}
