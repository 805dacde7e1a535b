//! A signature that binds only a checksum: a forged body verifies, and its grade keeps it down.

use refund_providers::contract::{Judgement, Meaning, judge};
use refund_providers::refund::{Authenticity, RefundEvent, RefundStatus, fold};

use crate::fixture_file;

/// Returns the event of a PayPal fixture.
fn event(name: &str) -> RefundEvent {
    let fixture = fixture_file::one("paypal", name);
    let (headers, body) = (fixture.headers(), fixture.body());
    let provider = fixture.configured().provider;
    match judge(&*provider, &fixture.delivery(&headers, &body)) {
        Judgement::Authentic(_, Meaning::Refunds(mut events)) => events.remove(0),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_forged_body_verifies_under_the_headers_of_another_and_has_the_grade_of_a_checksum() {
    let genuine = fixture_file::one("paypal", "succeeded_full");
    for name in ["crc_forged_amount", "crc_forged_type", "crc_forged_free_text"] {
        let forged = fixture_file::one("paypal", name);
        assert_eq!(forged.request.headers, genuine.request.headers, "{name}");
        assert_ne!(forged.body(), genuine.body(), "{name}");
        let event = event(name);
        assert_eq!(event.authenticity, Authenticity::Checksum, "{name}");
        assert_eq!(event.key, self::event("succeeded_full").key, "{name}");
    }
}

#[test]
fn a_forged_body_never_overrides_a_final_status_of_a_higher_grade() {
    for grade in [Authenticity::Decrypted, Authenticity::Verified] {
        for status in [RefundStatus::Succeeded, RefundStatus::Canceled, RefundStatus::Failed] {
            let confirmed = RefundEvent { status, authenticity: grade, ..event("succeeded_full") };
            for forged in ["crc_forged_amount", "crc_forged_type", "crc_forged_free_text"] {
                let forged = event(forged);
                for events in [[&confirmed, &forged], [&forged, &confirmed]] {
                    let state = fold(events).unwrap();
                    assert_eq!((state.status, state.authenticity), (status, grade));
                    // The amount of the stronger event counts, and the difference is shown.
                    assert_eq!(state.facts.amount_minor, confirmed.facts.amount_minor);
                    assert_eq!(state.conflicting, forged.status != status);
                }
            }
        }
    }
}
