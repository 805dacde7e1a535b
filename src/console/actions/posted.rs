//! What a form posted: its note, and what it is about. That is one refund, or one delivery by its id,
//! or all deliveries that match the filters of the list.

use uuid::Uuid;

use crate::api::{conditions_of, find};
use crate::console::page::Failed;
use crate::lookup::one_refund;
use crate::operator::Operator;
use crate::query::{Mistake, Words, require_note};
use crate::store::{Condition, StoreError};

/// The deliveries of an action.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// One delivery.
    One(Uuid),
    /// All for which these conditions hold, and the filters in words.
    All(Vec<Condition>, String),
}

/// Takes the note out of a posted form.
pub(super) fn take_note(words: &mut Words) -> Result<String, Mistake> {
    let note = words.text("note")?.unwrap_or_default();
    require_note(&note)?;
    Ok(note)
}

/// Returns the refund that a form is about, and the note that it posted.
pub(super) async fn refund_and_note(
    operator: &Operator,
    reference: &str,
    body: &[u8],
) -> Result<(Uuid, String), Failed> {
    let mut words = Words::posted(body)?;
    let note = take_note(&mut words)?;
    words.finish()?;
    let refund = one_refund(&operator.readers, reference, None).await?;
    let id = refund.text("refund_id").parse().map_err(|_| StoreError::without_an_id())?;
    Ok((id, note))
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
