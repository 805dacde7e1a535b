//! The scenarios that only one provider has.

use http::{HeaderMap, HeaderName};
use refund_inbox::config::read_account;
use refund_providers::contract::simulation::{Scenario, SimulationOrder, Subject};
use refund_providers::contract::{Delivery, judge};
use refund_providers::provider::registry::DEFINITIONS;
use time::macros::datetime;

#[test]
fn each_scenario_of_a_provider_of_its_own_reports_a_refund_and_no_other_provider_has_it() {
    let now = datetime!(2026-01-02 03:04:05 UTC);
    let all = || DEFINITIONS.iter().flat_map(|it| (it.demonstrations)("a-secret").unwrap());
    let mut found = 0;
    for own in all().flat_map(|it| it.own_scenarios) {
        assert_eq!(Scenario::from_word(own.word), None, "{}: a scenario of all", own.word);
        for dialect in all() {
            let account = read_account(dialect.account, &dialect.settings).unwrap();
            let order = SimulationOrder {
                scenario: Scenario::Own(own.word),
                now,
                serial: "1",
                subject: Subject::default(),
                path: "/",
                signing_key: dialect.signing_key.as_ref(),
            };
            let simulated = account.provider.simulate(&order);
            assert_eq!(simulated.is_ok(), dialect.own_scenarios.contains(&own), "{}", own.word);
            let Ok(simulated) = simulated else { continue };
            let mut headers = HeaderMap::new();
            for (name, value) in &simulated.headers {
                headers.insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            let delivery = Delivery {
                path_and_query: "/",
                headers: &headers,
                redacted: &[],
                body: simulated.body.as_bytes(),
                received_at: now,
            };
            let judgement = judge(&*account.provider, &delivery);
            assert!(!judgement.events().is_empty(), "{}: {judgement:?}", own.word);
            found += 1;
        }
    }
    assert!(found > 5, "only {found} scenarios were found");
}
