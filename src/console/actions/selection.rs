//! Which deliveries an action is about: one, by its id, or all that match the filters of the list.

use uuid::Uuid;

use crate::api::{conditions_of, find};
use crate::console::page::Failed;
use crate::operator::Operator;
use crate::query::{Mistake, Words};
use crate::store::{Condition, StoreError};

/// The deliveries of an action.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// One delivery.
    One(Uuid),
    /// All for which these conditions hold, and the filters in words.
    All(Vec<Condition>, String),
}

/// Reads what a form posted.
pub(super) fn posted(body: &[u8]) -> Result<Words, Mistake> {
    let text = std::str::from_utf8(body);
    Words::read(text.map_err(|_| Mistake::new("form", "expected text in UTF-8"))?)
}

impl Selection {
    /// Takes the selection out of a posted form.
    pub(super) async fn take(operator: &Operator, words: &mut Words) -> Result<Self, Failed> {
        let id = words.text("id")?;
        let filters = words.text("filters")?;
        let Some(id) = id else {
            // They are those of the URL of the list.
            let filters = filters.unwrap_or_default();
            let conditions = conditions_of(operator, Words::read(&filters)?).await?;
            return Ok(Self::All(conditions, filters));
        };
        if filters.is_some() {
            return Err(Mistake::new("id", "expected id or filters, found both").into());
        }
        let delivery = find(operator, &id).await?;
        let id = delivery.summary.text("delivery_id").parse();
        Ok(Self::One(id.map_err(|_| StoreError::without_an_id())?))
    }
}
