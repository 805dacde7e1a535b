//! The story of a refund as JSON.

use serde_json::{Value, json};

use crate::query::Times;
use crate::store::{Note, Noted, Resolved, Row, Story};

/// Returns the story.
pub fn story(story: &Story) -> Value {
    let resolutions = story.resolutions.iter().map(|Resolved { at, who, note }| {
        json!({ "resolved_at": Times::utc(*at), "who": who, "note": note })
    });
    json!({
        "events": story.events,
        "deliveries": story.deliveries,
        "resolutions": resolutions.collect::<Vec<_>>(),
        "notes": notes(&story.notes),
    })
}

/// Returns notes.
pub fn notes(notes: &[Note]) -> Vec<Value> {
    notes.iter().map(note).collect()
}

/// Returns a note. One about a delivery has its id.
pub fn note(note: &Note) -> Value {
    let Note { about, at, who, note } = note;
    let delivery_id = match about {
        Noted::Refund(_) => None,
        Noted::Delivery(id) => Some(id),
    };
    json!({ "noted_at": Times::utc(*at), "who": who, "note": note, "delivery_id": delivery_id })
}

/// Returns the refund with its story.
pub fn with_story(refund: &Row, of_refund: &Story) -> Value {
    let mut whole = refund.0.clone();
    whole.insert("story".to_owned(), story(of_refund));
    Value::Object(whole)
}
