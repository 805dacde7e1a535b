//! Fields that a provider sent and that we could not read.

use serde::{Deserialize, Deserializer, Serialize};

/// The unread fields of an event or of a refund. Each has the provider's name of the field, and the
/// name of the fact that it would have given: the field counts as unread until the fact is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The provider's names of the fields, sorted, one for each fact.
    #[serde(default, deserialize_with = "or_none", skip_serializing_if = "Vec::is_empty")]
    unread_fields: Vec<String>,
    /// The fact of each field, in the same order.
    #[serde(default, deserialize_with = "or_none", skip_serializing_if = "Vec::is_empty")]
    unread_facts: Vec<String>,
}

/// Reads a list, or none where an earlier version stored nothing.
fn or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default())
}

impl Unread {
    /// The name of the currency. It is no fact, but a field can give it.
    pub const CURRENCY: &str = "currency";

    /// The name of the time that ranks the event. It is no fact, but a field can give it.
    pub const OCCURRED_AT: &str = "occurred_at";

    /// Adds a field and the fact that it would have given.
    pub fn insert(&mut self, field: &str, fact: &str) {
        let new = (field, fact);
        let place = self.iter().position(|known| known >= new).unwrap_or(self.unread_fields.len());
        if self.iter().nth(place) != Some(new) {
            self.unread_fields.insert(place, field.to_owned());
            self.unread_facts.insert(place, fact.to_owned());
        }
    }

    /// Returns each field with its fact, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let facts = self.unread_facts.iter().map(String::as_str);
        self.unread_fields.iter().map(String::as_str).zip(facts)
    }

    /// Returns the provider's names of the fields, sorted and each once, as the database shows them.
    /// One field can give several facts: an object that is something else gives none of its facts.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.unread_fields.iter().map(String::as_str).collect();
        names.dedup();
        names
    }

    /// Returns the provider's names of the fields, sorted, one for each fact.
    pub fn fields(&self) -> &[String] {
        &self.unread_fields
    }

    /// Returns the fact of each field, in the order of [`Self::fields`].
    pub fn facts(&self) -> &[String] {
        &self.unread_facts
    }

    /// Returns whether there is no unread field.
    pub fn is_empty(&self) -> bool {
        self.unread_fields.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Unread;

    #[test]
    fn fields_are_sorted_and_each_is_there_once_for_a_fact() {
        let mut unread = Unread::default();
        for (field, fact) in [("b", "x"), ("a", "x"), ("b", "x"), ("b", "w"), ("c", "x")] {
            unread.insert(field, fact);
        }
        let found: Vec<_> = unread.iter().collect();
        assert_eq!(found, [("a", "x"), ("b", "w"), ("b", "x"), ("c", "x")]);
        assert_eq!(unread.names(), ["a", "b", "c"]);
    }
}
