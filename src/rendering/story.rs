//! The story of a refund as JSON.

use serde_json::{Value, json};

use crate::query::Times;
use crate::store::{Resolved, Row, Story};

/// Returns the story.
pub fn story(story: &Story) -> Value {
    let resolutions = story.resolutions.iter().map(|Resolved { at, who, note }| {
        json!({ "resolved_at": Times::utc(*at), "who": who, "note": note })
    });
    json!({
        "events": story.events,
        "deliveries": story.deliveries,
        "resolutions": resolutions.collect::<Vec<_>>(),
    })
}

/// Returns the refund with its story.
pub fn with_story(refund: &Row, of_refund: &Story) -> Value {
    let mut whole = refund.0.clone();
    whole.insert("story".to_owned(), story(of_refund));
    Value::Object(whole)
}
