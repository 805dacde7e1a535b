//! Which headers are never stored.

use refund_inbox::config::read_account;
use refund_providers::contract::simulation::{Scenario, SimulationOrder, Subject};
use refund_providers::provider::registry::{DEFINITIONS, is_credential};
use time::macros::datetime;

/// The secret of every demonstration.
const SECRET: &str = "a-secret-that-no-row-may-have";

#[test]
fn every_header_in_which_a_provider_presents_a_secret_is_named_by_its_definition() {
    let mut presented = Vec::new();
    for definition in DEFINITIONS {
        for demonstration in (definition.demonstrations)(SECRET).unwrap() {
            let account = read_account(demonstration.account, &demonstration.settings).unwrap();
            let order = SimulationOrder {
                scenario: Scenario::Succeeded,
                now: datetime!(2026-01-02 03:04:05 UTC),
                serial: "1",
                subject: Subject::default(),
                path: "/",
                signing_key: demonstration.signing_key.as_ref(),
            };
            let simulated = account.provider.simulate(&order).unwrap();
            assert!(!simulated.body.contains(SECRET), "{}", demonstration.dialect);
            for (name, value) in simulated.headers {
                if value.contains(SECRET) {
                    assert!(is_credential(&name.parse().unwrap()), "{name} of {}", definition.name);
                    presented.push(name);
                }
            }
        }
    }
    assert!(presented.contains(&"x-callback-token"), "{presented:?}");
}

#[test]
fn a_credential_header_is_written_in_lower_case() {
    for name in DEFINITIONS.iter().flat_map(|definition| definition.credential_headers) {
        assert_eq!(*name, name.to_ascii_lowercase());
    }
}
