//! What must hold of every event, whatever the bytes it was read from.

use refund_providers::refund::{Payload, RefundEvent, fold};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use time::OffsetDateTime;

/// The most decimals that an amount may have.
const MOST_DECIMALS: u8 = 6;

/// The deepest nesting of a payload, with room for what the writer adds.
const DEEPEST: usize = 64;

/// Checks one event as the database would meet it.
pub fn event(event: &RefundEvent) {
    let digest = event.digest();
    let text = serde_json::to_string(event).expect("an event is written as JSON");
    let again: RefundEvent = serde_json::from_str(&text).expect("an event is read back");
    assert_eq!(again.digest(), digest, "another digest after JSON");

    // The columns: everything but the payload, as values.
    let mut columns = event.clone();
    columns.payload = Payload::new("null".to_owned());
    let columns = serde_json::to_value(&columns).expect("columns are values");
    assert_no_nul(&columns);
    // As `jsonb` orders them, and as the query gives them back.
    let again: RefundEvent = serde_json::from_value(columns).expect("columns are read back");
    assert_eq!(again.digest(), digest, "another digest after columns");
    assert_eq!(again.occurred_at, event.occurred_at);
    assert_eq!(again.facts, event.facts);
    assert_eq!(again.flags, event.flags);
    assert_eq!(again.cumulative_within, event.cumulative_within);

    assert!(!event.key.as_str().is_empty(), "no key");
    assert!(!event.merchant_refund_id.is_empty(), "no number");
    assert!(!event.provider_status.is_empty(), "no word");
    if let Some(currency) = &event.currency {
        assert!(currency.len() == 3, "not a currency: {currency:?}");
        assert!(currency.bytes().all(|byte| byte.is_ascii_uppercase()));
    }
    assert_eq!(event.currency.is_some(), event.currency_exponent.is_some());
    assert!(event.currency_exponent.is_none_or(|exponent| exponent <= MOST_DECIMALS));
    // Without a currency, an amount has no unit.
    assert!(event.currency.is_some() || event.facts.amount_minor.is_none());
    let facts = &event.facts;
    let times =
        [event.occurred_at, facts.settled_at, facts.provider_created_at, facts.completed_at];
    times.into_iter().flatten().for_each(time);
    if facts.completed_at.is_some() {
        assert!(event.status.is_final(), "completed, but not final");
    }

    payload(event.payload.as_str());

    let state = fold([event]).expect("one event has a state");
    assert_eq!(state.status, event.status);
    let text = serde_json::to_string(&state).expect("a state is written as JSON");
    serde_json::from_str::<refund_providers::refund::RefundState>(&text).expect("and read back");
    assert_eq!(fold([event, event]).unwrap(), state, "a repetition changes the state");
}

fn time(at: OffsetDateTime) {
    assert!((1970..=9999).contains(&at.year()), "{at}");
    assert_eq!(at.nanosecond() % 1000, 0, "{at} is finer than the database holds");
    assert!(at.offset().is_utc(), "{at} is not in UTC");
}

fn assert_no_nul(value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => assert!(!text.contains('\0'), "NUL in {text:?}"),
        Value::Array(items) => items.iter().for_each(assert_no_nul),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            assert!(!name.contains('\0'), "NUL in {name:?}");
            assert_no_nul(value);
        }),
    }
}

/// Checks that `jsonb` takes the payload.
fn payload(text: &str) {
    let raw: &RawValue = serde_json::from_str(text).expect("a payload is JSON");
    assert!(raw.get().starts_with('{'), "a payload is an object");
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Storable { depth: 0 }.deserialize(&mut deserializer).expect("a payload can be stored");
}

/// Reads any JSON value and objects to what `jsonb` refuses.
#[derive(Clone, Copy)]
struct Storable {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Storable {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
        let text = raw.get();
        let inner = &mut serde_json::Deserializer::from_str(text);
        let read = match text.as_bytes().first() {
            Some(b'{') => inner.deserialize_map(self),
            Some(b'[') => inner.deserialize_seq(self),
            Some(b'"') => inner.deserialize_str(self),
            Some(b'-' | b'0'..=b'9') => {
                number(text);
                return Ok(());
            }
            _ => return Ok(()),
        };
        read.map_err(D::Error::custom)
    }
}

impl<'de> Visitor<'de> for Storable {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("what jsonb holds")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        assert!(!text.contains('\0'), "NUL in a payload: {text:?}");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        assert!(self.depth < DEEPEST, "a payload is deep");
        let next = Self { depth: self.depth + 1 };
        while items.next_element_seed(next)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        assert!(self.depth < DEEPEST, "a payload is deep");
        let next = Self { depth: self.depth + 1 };
        while let Some(name) = members.next_key::<String>()? {
            assert!(!name.contains('\0'), "NUL in a payload: {name:?}");
            members.next_value_seed(next)?;
        }
        Ok(())
    }
}

/// `numeric` holds 131072 digits before the point and 16383 behind it.
fn number(text: &str) {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().expect("an exponent of a size");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let size = |part: &str| i64::try_from(part.len()).unwrap();
    assert!(size(whole) + exponent.max(0) < 131_072, "a number too large for jsonb");
    assert!(size(fraction) - exponent.min(0) < 16_383, "a number too fine for jsonb");
}
