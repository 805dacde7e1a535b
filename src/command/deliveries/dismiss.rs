//! `deliveries dismiss`: notes that a person has looked.

use serde_json::json;
use uuid::Uuid;

use super::find::delivery_id;
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::DismissOptions;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Condition, Dismissal, Store};

/// Dismisses the given deliveries, or those that match the conditions and wait.
pub(super) async fn dismiss(
    store: &Store,
    conditions: Vec<Condition>,
    options: &DismissOptions,
) -> Result<(), Failure> {
    let who = user::name();
    let at = Clock::System.now();
    let dismissal =
        |subject| Dismissal { subject, who: &who, via: user::VIA, note: &options.note, at };
    let dismissed = if options.delivery_ids.is_empty() {
        let dismissal = dismissal("deliveries that matched a filter");
        store.dismiss_matching(conditions, &dismissal).await?
    } else {
        let mut ids = Vec::new();
        for text in &options.delivery_ids {
            let id = delivery_id(store, text).await?;
            if store.delivery(id).await?.is_none() {
                return Err(Failure::Other(format!("no delivery has the id {id}")));
            }
            ids.push(id);
        }
        let subject = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
        let subject = format!("deliveries {subject}");
        store.dismiss_deliveries(&ids, &dismissal(&subject)).await?
    };
    if options.json {
        return output::json_line(&json!({ "dismissed": dismissed }));
    }
    output::line(match dismissed {
        0 => "nothing to dismiss: no delivery waits that matches".to_owned(),
        1 => "dismissed 1 delivery".to_owned(),
        _ => format!("dismissed {dismissed} deliveries"),
    })
}
