//! `deliveries dismiss`: notes that a person has looked.

use serde_json::json;
use uuid::Uuid;

use super::find::delivery_id;
use crate::clock::Clock;
use crate::command::Failure;
use crate::command::arguments::DismissOptions;
use crate::command::terminal::output;
use crate::command::user;
use crate::store::{Condition, Dismissal, ListQuery, Listed, Page, Store, StoreError};

/// The most deliveries of one statement.
const PAGE: u32 = 1000;

/// Dismisses the given deliveries, or those that match the conditions and wait.
pub(super) async fn dismiss(
    store: &Store,
    mut conditions: Vec<Condition>,
    options: &DismissOptions,
) -> Result<(), Failure> {
    let who = user::name();
    let at = Clock::System.now();
    let dismissal =
        |subject| Dismissal { subject, who: &who, via: user::VIA, note: &options.note, at };
    let mut dismissed = 0;
    if options.delivery_ids.is_empty() {
        conditions.push(Condition::Waiting);
        let subject = "deliveries that matched a filter";
        loop {
            let query = ListQuery {
                conditions: conditions.clone(),
                ..ListQuery::newest(Listed::Deliveries, PAGE)
            };
            // What was dismissed no longer waits, so each page is the first one.
            let Page { rows, .. } = store.list(&query).await?;
            if rows.is_empty() {
                break;
            }
            let ids = rows.iter().map(|row| row.text("delivery_id").parse());
            let ids: Vec<Uuid> =
                ids.collect::<Result<_, _>>().map_err(|_| StoreError::without_an_id())?;
            dismissed += store.dismiss_deliveries(&ids, &dismissal(subject)).await?;
        }
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
        dismissed = store.dismiss_deliveries(&ids, &dismissal(&subject)).await?;
    }
    if options.json {
        return output::json_line(&json!({ "dismissed": dismissed }));
    }
    output::line(match dismissed {
        0 => "nothing to dismiss: no delivery waits that matches".to_owned(),
        _ => format!("dismissed {dismissed} deliveries"),
    })
}
