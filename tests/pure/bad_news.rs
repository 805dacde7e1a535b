//! Of several final states of one refund the worst wins, in every order of arrival, at every
//! provider of the registry (`docs/decisions/fold.md`).

use proptest::prelude::*;
use refund_providers::contract::simulation::Scenario;
use refund_providers::refund::{Flag, RefundEvent, RefundStatus, fold};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::simulators::{SIMULATORS, Simulator, judged, simulated, simulator};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// What a provider may say about one refund.
const STATES: [Scenario; 6] = [
    Scenario::Succeeded,
    Scenario::Failed,
    Scenario::Canceled,
    Scenario::Pending,
    Scenario::RequiresAction,
    Scenario::UnknownStatus,
];

/// The event of a notification that was sent so many seconds after the first, or `None` if the
/// provider has no such scenario.
fn event(simulator: &Simulator, scenario: Scenario, seconds: i64) -> Option<RefundEvent> {
    let now = NOW + Duration::seconds(seconds);
    let (headers, body) = simulated(simulator, scenario, "1", now)?;
    let judgement = judged(&simulator.0, &headers, body.as_bytes(), now);
    let [event] = judgement.events() else { panic!("{scenario}: {judgement:?}") };
    Some(event.clone())
}

/// The worst of the final states that count: of the highest kind, where the provider ranks its
/// kinds, those of the latest time, and those without a time.
fn worst(events: &[RefundEvent]) -> Option<RefundStatus> {
    let finals = || events.iter().filter(|event| event.status.is_final());
    let highest = finals().map(|event| event.kind_rank).max()?;
    let finals = || finals().filter(|event| event.kind_rank == highest);
    let latest = finals().map(|event| event.occurred_at).max()?;
    let counts = |event: &&RefundEvent| event.occurred_at.is_none_or(|at| Some(at) == latest);
    finals().filter(counts).map(|event| event.status).max_by_key(|status| status.strength())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn hazard_43_the_worst_final_state_wins_at_every_provider_in_every_order(
        simulator in simulator(),
        sent in prop::collection::vec((prop::sample::select(&STATES[..]), 0..3_i64), 1..7),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let events: Vec<RefundEvent> =
            sent.iter().filter_map(|(scenario, at)| event(simulator, *scenario, *at)).collect();
        prop_assume!(!events.is_empty());
        prop_assert!(events.iter().all(|event| event.key == events[0].key), "{events:?}");
        let mut arrivals: Vec<&RefundEvent> =
            order.iter().map(|index| &events[index.index(events.len())]).collect();
        arrivals.extend(events.iter().rev());
        let state = fold(arrivals.iter().copied()).unwrap();
        prop_assert_eq!(&state, &fold(&events).unwrap());
        match worst(&events) {
            Some(status) => prop_assert_eq!(state.status, status),
            None => prop_assert!(!state.status.is_final()),
        }
        let finals = events.iter().filter(|event| event.status.is_final());
        let mut finals: Vec<u8> = finals.map(|event| event.status.strength()).collect();
        finals.sort_unstable();
        finals.dedup();
        prop_assert_eq!(state.conflicting, finals.len() > 1);
        let is_timed = events.iter().any(|event| event.occurred_at.is_some());
        prop_assert!(is_timed || !state.flags.contains(&Flag::Reopened));
    }
}

/// The rule without its exceptions: two final states of one moment, either first.
#[test]
fn hazard_43_a_failure_wins_over_a_success_of_the_same_moment_at_every_provider() {
    let mut compared = 0;
    for simulator in SIMULATORS.iter() {
        let succeeded = event(simulator, Scenario::Succeeded, 0).unwrap();
        for scenario in [Scenario::Failed, Scenario::Canceled] {
            let Some(worse) = event(simulator, scenario, 0) else { continue };
            for events in [[&succeeded, &worse], [&worse, &succeeded]] {
                let state = fold(events).unwrap();
                let name = simulator.0.name.as_str();
                assert_eq!((state.status, state.conflicting), (worse.status, true), "{name}");
            }
            compared += 1;
        }
    }
    assert!(compared > SIMULATORS.len() / 2, "only {compared} of {}", SIMULATORS.len());
}
