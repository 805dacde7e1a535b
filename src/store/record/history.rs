//! What an event stores about the refund right after it: the columns that differ from those of the
//! event itself. `refunds_v1.refund_history` puts both together, in plain SQL.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use refund_providers::refund::{Facts, RefundEvent, RefundState};

/// The counts and times of a refund that the fold does not know.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Bookkeeping {
    pub first_received_at: OffsetDateTime,
    pub last_received_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub delivery_count: i32,
    pub event_count: i32,
}

/// Returns the columns of the refund that differ from those of the event that led to them, as a JSON
/// object, or `None` if none differs. The event was received at `received_at`.
pub(in crate::store) fn refund_after(
    event: &RefundEvent,
    received_at: OffsetDateTime,
    state: &RefundState,
    books: Bookkeeping,
) -> Option<String> {
    let mut after = Map::new();
    let mut column = |name: &str, of_event: Value, of_refund: Value| {
        if of_event != of_refund {
            after.insert(name.to_owned(), of_refund);
        }
    };
    column("merchant_refund_id", json!(event.merchant_refund_id), json!(state.merchant_refund_id));
    column("status", json!(event.status), json!(state.status));
    column("provider_status", json!(event.provider_status), json!(state.provider_status));
    column("conflicting", json!(false), json!(state.conflicting));
    column("needs_attention", json!(false), json!(state.needs_attention()));
    column("authenticity", json!(event.authenticity), json!(state.authenticity));
    column("currency", json!(event.currency), json!(state.currency));
    column("currency_exponent", json!(event.currency_exponent), json!(state.currency_exponent));
    column("flags", json!(event.flags), json!(state.flags));
    column("unread_fields", json!(event.unread.names()), json!(state.unread.names()));
    let received = time(received_at);
    column("first_received_at", received.clone(), time(books.first_received_at));
    column("last_received_at", received.clone(), time(books.last_received_at));
    column("updated_at", received, time(books.updated_at));
    column("delivery_count", json!(1), json!(books.delivery_count));
    column("event_count", json!(1), json!(books.event_count));
    if event.facts != state.facts {
        let (of_event, of_refund) = (object(&event.facts), object(&state.facts));
        for name in Facts::NAMES {
            let value = |facts: &Map<String, Value>| facts.get(*name).cloned().unwrap_or_default();
            column(name, value(&of_event), value(&of_refund));
        }
    }
    (!after.is_empty()).then(|| Value::Object(after).to_string())
}

fn time(at: OffsetDateTime) -> Value {
    json!(at.format(&Rfc3339).unwrap_or_default())
}

fn object(facts: &Facts) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => Map::new(),
    }
}
