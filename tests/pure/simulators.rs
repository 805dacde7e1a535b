//! Plays the provider of an account of each dialect, for tests of what holds for all of them.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName};
use proptest::prelude::*;
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{Demonstration, Scenario, SimulationOrder, Subject};
use refund_providers::contract::{Delivery, Judgement, judge};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::DEFINITIONS;
use time::OffsetDateTime;

/// An account of a dialect, with the key that signs as its provider if it needs one.
pub(crate) type Simulator = (ConfiguredAccount, Option<SigningKey>);

/// An account of each dialect.
pub(crate) static SIMULATORS: LazyLock<Vec<Simulator>> = LazyLock::new(|| {
    let all = DEFINITIONS.iter().flat_map(|definition| {
        (definition.demonstrations)("a-secret-for-properties").unwrap().into_iter()
    });
    let mut all: Vec<Demonstration> = all.collect();
    all.dedup_by(|later, earlier| later.account == earlier.account);
    all.into_iter()
        .map(|demonstration| {
            let Demonstration { account, settings, signing_key, .. } = demonstration;
            (read_account(account, &settings).unwrap(), signing_key)
        })
        .collect()
});

/// Any of the accounts.
pub(crate) fn simulator() -> impl Strategy<Value = &'static Simulator> {
    (0..SIMULATORS.len()).prop_map(|index| &SIMULATORS[index])
}

/// A notification as the account's provider would send it at the time `now`, or `None` if the
/// provider has no such scenario.
pub(crate) fn simulated(
    (account, key): &Simulator,
    scenario: Scenario,
    serial: &str,
    now: OffsetDateTime,
) -> Option<(HeaderMap, String)> {
    let order = SimulationOrder {
        scenario,
        now,
        serial,
        subject: Subject::default(),
        path: "/",
        signing_key: key.as_ref(),
    };
    let simulated = account.provider.simulate(&order).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in simulated.headers {
        headers.insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    Some((headers, simulated.body))
}

/// What the account makes of a request that arrives at the time `now`.
pub(crate) fn judged(
    account: &ConfiguredAccount,
    headers: &HeaderMap,
    body: &[u8],
    now: OffsetDateTime,
) -> Judgement {
    let delivery = Delivery { path_and_query: "/", headers, redacted: &[], body, received_at: now };
    judge(&*account.provider, &delivery)
}
