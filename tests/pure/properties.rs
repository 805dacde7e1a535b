//! Properties that must hold for every input, not only for the fixtures.

use crate::fixture_file;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::simulation::{Scenario, SimulationOrder, Subject};
use refund_providers::contract::{Judgement, Meaning, Refusal};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::definition;
use refund_providers::refund::{
    Authenticity, Currency, Facts, Flag, Money, Payload, RefundEvent, RefundKey, RefundStatus,
    Unread, fold,
};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::simulators::{self, SIMULATORS, Simulator, judged, simulator};

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

fn judge_body(account: &ConfiguredAccount, body: &[u8]) -> Judgement {
    judge_request(account, &HeaderMap::new(), body)
}

fn judge_request(account: &ConfiguredAccount, headers: &HeaderMap, body: &[u8]) -> Judgement {
    judged(account, headers, body, NOW)
}

fn simulated(
    simulator: &Simulator,
    scenario: Scenario,
    serial: &str,
) -> Option<(HeaderMap, String)> {
    simulators::simulated(simulator, scenario, serial, NOW)
}

/// Returns whether a message was accepted. An altered one never is.
fn is_accepted(judgement: &Judgement) -> bool {
    !matches!(judgement, Judgement::Refused(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_signed_notification_is_authentic(simulator in simulator(), serial in "[a-z0-9]{1,20}") {
        // Making another key is slow, so another test has that scenario.
        for scenario in Scenario::ALL.into_iter().filter(|it| *it != Scenario::WrongKey) {
            let Some((headers, body)) = simulated(simulator, scenario, &serial) else { continue };
            let judgement = judge_request(&simulator.0, &headers, body.as_bytes());
            let has_window = definition(simulator.0.provider_name).unwrap().has_window;
            let is_good = match scenario {
                Scenario::Tampered => !is_accepted(&judgement),
                Scenario::Stale if has_window => judgement == Judgement::Refused(Refusal::Stale),
                Scenario::NotARefund => matches!(judgement, Judgement::Authentic(_, Meaning::NotARefund(_))),
                Scenario::Malformed => matches!(judgement, Judgement::Authentic(_, Meaning::Unreadable(_))),
                _ => judgement.events().len() == 1,
            };
            prop_assert!(is_good, "{} {scenario}: {judgement:?}", simulator.0.name);
        }
    }

    #[test]
    fn a_flipped_bit_is_never_accepted_as_something_else(
        simulator in simulator(),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let (mut headers, body) = simulated(simulator, Scenario::Succeeded, "1").unwrap();
        let original = judge_request(&simulator.0, &headers, body.as_bytes());
        let mut altered = body.into_bytes();
        // A token does not protect the body.
        let is_bearer = matches!(&original, Judgement::Authentic(proof, _) if proof.authenticity() == Authenticity::Bearer);
        let protected = if is_bearer { 0 } else { altered.len() };
        let names: Vec<HeaderName> =
            headers.keys().filter(|name| *name != "content-type").cloned().collect();
        let lengths = names.iter().map(|name| headers[name].len());
        let mut rest = place.index(protected + lengths.sum::<usize>());
        if rest < protected {
            altered[rest] ^= 1 << bit;
        } else {
            rest -= protected;
            for name in names {
                let mut value = headers[&name].as_bytes().to_vec();
                if rest < value.len() {
                    value[rest] ^= 1 << bit;
                    let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
                    headers.insert(name, value);
                    break;
                }
                rest -= value.len();
            }
        }
        let judgement = judge_request(&simulator.0, &headers, &altered);
        // A bit outside of the signed content (the case of a hex digit) changes no meaning.
        let facts = fixture_file::facts(simulator.0.provider_name);
        let is_same = || facts.say_the_same_signed(judgement.events(), original.events());
        prop_assert!(
            !is_accepted(&judgement) || judgement == original || is_same(),
            "{judgement:?} from {headers:?} {}", String::from_utf8_lossy(&altered)
        );
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_are_never_accepted(
        simulator in simulator(),
        body in prop::collection::vec(any::<u8>(), 0..512),
    ) {
        prop_assert!(!is_accepted(&judge_body(&simulator.0, &body)));
    }

    #[test]
    fn arbitrary_json_never_panics_and_is_never_accepted(
        simulator in simulator(),
        names in prop::collection::vec("sign|param|refund_no|[a-z]{0,3}|\\PC{0,4}", 0..8),
        values in prop::collection::vec(
            prop_oneof![
                Just("null".to_owned()), Just("true".to_owned()), Just("1e9".to_owned()),
                Just("[[{}]]".to_owned()), Just("\"\\u0000\"".to_owned()),
                "\\PC{0,8}".prop_map(|text| serde_json::json!(text).to_string()),
                Just(format!("\"{}\"", "0".repeat(64))),
            ],
            8,
        ),
    ) {
        let members: Vec<String> = names
            .iter()
            .zip(&values)
            .map(|(name, value)| format!("{}:{value}", serde_json::json!(name)))
            .collect();
        let body = format!("{{{}}}", members.join(","));
        prop_assert!(!is_accepted(&judge_body(&simulator.0, body.as_bytes())));
    }

    #[test]
    fn a_signed_text_cut_into_other_members_never_reports_another_refund(
        simulator in simulator(),
        reason in "[a-z=&]{0,24}(&refundStatus=COMPLETE|&trade_status=TRADE_CLOSED|&zz=)?[a-z=&]{0,8}",
        joined in prop::collection::vec(prop::bool::weighted(0.1), 40),
    ) {
        prop_assume!(simulator.1.is_none());
        let Some((body, sign)) = signed_with_reason(simulator, &reason) else { return Ok(()) };
        let original = judge_body(&simulator.0, body.as_bytes());
        let Some(recut) = cut_again(&body, &sign, &joined) else { return Ok(()) };
        let judgement = judge_body(&simulator.0, recut.as_bytes());
        if let (Judgement::Authentic(_, Meaning::Refunds(found)), Judgement::Authentic(_, Meaning::Refunds(meant))) = (&judgement, &original) {
            prop_assert_eq!(found[0].digest(), meant[0].digest(), "{} from {}", recut, body);
        } else {
            prop_assert!(judgement.events().is_empty(), "{recut} from {body}");
        }
    }

    #[test]
    fn the_fold_gives_one_state_for_every_order_and_repetition(
        events in prop::collection::vec(event(), 1..7),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let straight = fold(&events);
        let mut shuffled: Vec<&RefundEvent> =
            order.iter().map(|index| &events[index.index(events.len())]).collect();
        shuffled.extend(events.iter().rev());
        prop_assert_eq!(&fold(shuffled), &straight);
        // The state of all events contains what the single events say.
        let state = straight.unwrap();
        let finals: Vec<_> = events.iter().filter(|event| event.status.is_final()).collect();
        prop_assert_eq!(state.status.is_final(), !finals.is_empty());
        if finals.iter().any(|event| event.authenticity == Authenticity::Verified) {
            prop_assert_eq!(state.authenticity, Authenticity::Verified);
        }
        let reasons: Vec<_> = events.iter().filter_map(|event| event.facts.reason.clone()).collect();
        prop_assert_eq!(state.facts.reason.is_some(), !reasons.is_empty());
    }

    #[test]
    fn hazard_43_of_final_states_that_no_time_ranks_the_worst_wins(
        events in prop::collection::vec(event(), 1..7),
    ) {
        let state = fold(&events).unwrap();
        let finals = events.iter().filter(|it| it.status.is_final());
        let kind = finals.clone().map(|it| (it.authenticity, it.kind_rank)).max();
        let best: Vec<_> = finals.filter(|it| Some((it.authenticity, it.kind_rank)) == kind).collect();
        if let Some(latest) = best.iter().map(|it| it.occurred_at).max() {
            // A time ranks only the events that have one, and the latest of these counts.
            let counts = |it: &&RefundEvent| it.occurred_at.is_none() || it.occurred_at == latest;
            let counted = best.iter().copied().filter(counts);
            let worst = counted.max_by_key(|it| it.status.strength()).unwrap();
            prop_assert_eq!(state.status, worst.status);
        }
    }

    #[test]
    fn hazard_44_a_refund_is_reopened_by_the_providers_time_and_not_by_arrival(
        events in prop::collection::vec(event(), 1..7),
    ) {
        let state = fold(&events).unwrap();
        let times = |is_final| {
            let of_kind = events.iter().filter(move |it| it.status.is_final() == is_final);
            of_kind.filter_map(|it| it.occurred_at).max()
        };
        let is_reopened = times(true).is_some_and(|last| times(false).is_some_and(|it| it > last));
        prop_assert_eq!(state.flags.contains(&Flag::Reopened), is_reopened);
        prop_assert!(!is_reopened || state.needs_attention());
    }

    #[test]
    fn the_flags_of_a_state_say_what_is_missing_now(
        events in prop::collection::vec(event(), 1..7),
    ) {
        let state = fold(&events).unwrap();
        let has = |flag| state.flags.contains(&flag);
        prop_assert!(!has(Flag::AmountMissing) || state.facts.amount_minor.is_none());
        if state.status.is_final() {
            prop_assert_eq!(has(Flag::AmountMissing), state.facts.amount_minor.is_none());
        }
        prop_assert_eq!(has(Flag::FieldsUnread), !state.unread.is_empty());
        prop_assert!(state.unread.facts().iter().all(|fact| !state.facts.is_known(fact)));
        prop_assert_eq!(state.currency.is_some(), events.iter().any(|it| it.currency.is_some()));
        let mut payments: Vec<_> =
            events.iter().filter_map(|it| it.facts.provider_payment_id.as_deref()).collect();
        payments.sort_unstable();
        payments.dedup();
        prop_assert_eq!(has(Flag::IdentitiesDisagree), payments.len() > 1);
    }

    #[test]
    fn money_survives_printing_and_parsing(
        minor in any::<i64>(),
        code in prop::sample::select(vec!["JPY", "HKD", "KWD"]),
    ) {
        let currency = Currency::iso(code).unwrap();
        let literal = refund_providers::refund::money::in_major_units(minor, currency.exponent());
        match Money::from_major_units(&literal, currency) {
            Ok(money) => {
                prop_assert_eq!(money.minor(), minor);
                prop_assert_eq!(money.to_string(), literal);
            }
            // The one amount whose size exceeds 64 bits.
            Err(error) => prop_assert_eq!(minor, i64::MIN, "{}", error),
        }
    }
}

#[test]
fn a_signature_of_an_unknown_key_is_never_accepted() {
    for simulator in SIMULATORS.iter() {
        let (headers, body) = simulated(simulator, Scenario::WrongKey, "1").unwrap();
        let judgement = judge_request(&simulator.0, &headers, body.as_bytes());
        let of_key = matches!(judgement, Judgement::Refused(refusal) if refusal.is_of_key());
        assert!(of_key, "{}: {judgement:?}", simulator.0.name);
    }
}

/// Returns a signed message with the free text `reason`, and its signature.
fn signed_with_reason(
    (account, _): &(ConfiguredAccount, Option<SigningKey>),
    reason: &str,
) -> Option<(String, String)> {
    use refund_providers::crypto::{Secret, hash};
    use refund_providers::wire::canonical::{EmptyMembers, text};
    use refund_providers::wire::json::Members;

    let order = SimulationOrder {
        scenario: Scenario::Failed,
        now: NOW,
        serial: "1",
        subject: Subject::default(),
        path: "/",
        signing_key: None,
    };
    let body = account.provider.simulate(&order).ok()?.body;
    let mut message: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&body).ok()?;
    message.remove("sign");
    let name = if account.provider_name == "eftpay" { "rejectReason" } else { "refundReason" };
    message.insert(name.to_owned(), reason.into());
    let unsigned = serde_json::to_string(&message).ok()?;
    let members = Members::from_text(&unsigned).ok()?;
    let canonical = text(&members, "sign", EmptyMembers::LeftOut);
    let secret = Secret::new("a-secret-for-properties").ok()?;
    let sign = match account.provider_name {
        "eftpay" => hash::secret_first_sha256(&secret, &canonical),
        "paycools" => hash::secret_last_sha1(&secret, &canonical),
        _ => return None,
    };
    message.insert("sign".to_owned(), sign.clone().into());
    Some((serde_json::to_string(&message).ok()?, sign))
}

/// Returns another object with the same signed text. At each `&` the flags say whether a new member
/// begins.
fn cut_again(body: &str, sign: &str, joined: &[bool]) -> Option<String> {
    use refund_providers::wire::canonical::{EmptyMembers, text};
    use refund_providers::wire::json::Members;

    let members = Members::from_text(body).ok()?;
    let canonical = text(&members, "sign", EmptyMembers::LeftOut);
    let mut parts: Vec<String> = Vec::new();
    for (index, piece) in canonical.split('&').enumerate() {
        match parts.last_mut() {
            Some(last) if joined[index % joined.len()] || !piece.contains('=') => {
                last.push('&');
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    let mut recut = serde_json::Map::new();
    for part in parts {
        let (name, value) = part.split_once('=')?;
        if recut.insert(name.to_owned(), value.into()).is_some() {
            return None;
        }
    }
    recut.insert("sign".to_owned(), sign.into());
    serde_json::to_string(&recut).ok()
}

fn event() -> impl Strategy<Value = RefundEvent> {
    (
        prop::sample::select(RefundStatus::ALL.to_vec()),
        prop::bool::weighted(0.8),
        prop::option::of(0..3_i64),
        prop::option::of("[ab]"),
        prop::option::of(1..3_i64),
        prop::sample::select(vec![Some("HKD"), Some("HKD"), Some("CNY"), None]),
        prop::bool::weighted(0.2),
        prop::option::of("[pq]"),
        prop::option::weighted(0.3, 0..3_u8),
    )
        .prop_map(
            |(status, verified, second, reason, amount_minor, currency, flagged, payment, rank)| {
                let mut unread = Unread::default();
                if amount_minor.is_none() && flagged {
                    unread.insert("amount", "amount_minor");
                }
                if reason.is_none() && flagged {
                    unread.insert("note", "reason");
                }
                RefundEvent {
                    key: RefundKey::new("R1"),
                    merchant_refund_id: "R1".to_owned(),
                    status,
                    provider_status: status.as_str().to_uppercase(),
                    authenticity: match verified {
                        true => Authenticity::Verified,
                        false => Authenticity::Decrypted,
                    },
                    currency: currency.map(str::to_owned),
                    currency_exponent: currency.map(|_| 2),
                    occurred_at: second.map(|second| NOW + time::Duration::seconds(second)),
                    kind_rank: rank,
                    cumulative_within: None,
                    facts: Facts {
                        reason,
                        // An event without a currency has no amounts.
                        amount_minor: amount_minor.filter(|_| currency.is_some()),
                        provider_payment_id: payment,
                        ..Facts::default()
                    },
                    flags: [(Flag::AmountMissing, "amount_minor"), (Flag::FieldsUnread, "reason")]
                        .into_iter()
                        .filter(|(_, fact)| unread.facts().iter().any(|it| it == fact))
                        .map(|(flag, _)| flag)
                        .chain(flagged.then_some(Flag::EventStatusMismatch))
                        .collect(),
                    unread,
                    payload: Payload::default(),
                    digest_before_erasure: None,
                }
            },
        )
}
