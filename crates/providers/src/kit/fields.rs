//! Readers of the fields of an authentic message.

use time::{OffsetDateTime, UtcOffset};

use crate::contract::{Problem, Unreadable};
use crate::refund::Currency;
use crate::wire::json::{Literal, Members};
use crate::wire::payload::storable;
use crate::wire::times;

/// The longest text that is accepted as an id or a word, in characters. Providers' declared lengths
/// are too short for their own examples.
pub const LONGEST_TEXT: usize = 128;

/// The longest free text, in characters. Longer text is cut, because no decision depends on it.
pub const LONGEST_FREE_TEXT: usize = 1024;

/// Reads `content` as exactly one JSON object. `field` names it in the error.
pub fn read_object<'a>(content: &'a [u8], field: &'static str) -> Result<Members<'a>, Unreadable> {
    Members::from_bytes(content).map_err(Unreadable::from_error(Problem::MalformedContent, field))
}

/// The members of an authentic message, read by the names that the provider documents. Every error
/// names the field.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'m, 'a>(pub &'m Members<'a>);

impl<'m, 'a> Fields<'m, 'a> {
    /// Returns the text of a field, or the text of a number: 1 to [`LONGEST_TEXT`] characters
    /// without control characters. Absent, `null` and empty are `None`.
    pub fn optional(&self, field: &'static str) -> Result<Option<String>, Unreadable> {
        let invalid = Unreadable { problem: Problem::InvalidText, field };
        match self.0.get(field) {
            None | Some(Literal::Null) => Ok(None),
            Some(Literal::Boolean(_) | Literal::Nested(_)) => Err(invalid),
            Some(Literal::Number(text)) if text.len() > LONGEST_TEXT => Err(invalid),
            Some(Literal::Number(text)) => Ok(Some((*text).to_owned())),
            Some(Literal::Text(text)) if text.is_empty() => Ok(None),
            Some(Literal::Text(text)) => {
                let sound =
                    text.chars().count() <= LONGEST_TEXT && !text.contains(char::is_control);
                if sound { Ok(Some(text.clone().into_owned())) } else { Err(invalid) }
            }
        }
    }

    /// Returns the text of a field that the message must contain. Empty text is
    /// [`Problem::InvalidText`].
    pub fn required(&self, field: &'static str) -> Result<String, Unreadable> {
        match self.optional(field)? {
            Some(text) => Ok(text),
            None if matches!(self.0.get(field), Some(Literal::Text(_))) => {
                Err(Unreadable { problem: Problem::InvalidText, field })
            }
            None => Err(Unreadable::missing(field)),
        }
    }

    /// Returns the text of the first of these fields that is not absent, `null` or empty.
    pub fn first_of(&self, names: &[&'static str]) -> Result<Option<String>, Unreadable> {
        for name in names {
            if let Some(text) = self.optional(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Returns the first id in these fields: text, or the `id` of an object in place of its id.
    pub fn first_id_of(&self, names: &[&'static str]) -> Result<Option<String>, Unreadable> {
        for name in names {
            let id = match self.0.object(name) {
                Some(object) => Fields(&object).optional("id")?,
                None => self.optional(name)?,
            };
            if id.is_some() {
                return Ok(id);
            }
        }
        Ok(None)
    }

    /// Returns the fields of an object that the message must contain.
    pub fn object(&self, field: &'static str) -> Result<Members<'a>, Unreadable> {
        require(self.0.object(field), field)
    }

    /// Returns free text, cut at [`LONGEST_FREE_TEXT`] characters. A number is its text.
    pub fn free_text(&self, field: &str) -> Option<String> {
        let text = self.0.get(field)?.as_signed_text().filter(|text| !text.is_empty())?;
        Some(storable(text).chars().take(LONGEST_FREE_TEXT).collect())
    }

    /// Returns free text in an object, or `None` if there is no object.
    pub fn free_text_in(&self, object: &str, field: &str) -> Option<String> {
        Fields(&self.0.object(object)?).free_text(field)
    }

    /// Returns a local time `yyyy-MM-dd HH:mm:ss` at `offset`.
    pub fn local_time(
        &self,
        field: &'static str,
        offset: UtcOffset,
    ) -> Result<Option<OffsetDateTime>, Unreadable> {
        let Some(text) = self.optional(field)? else { return Ok(None) };
        let at = times::read_local(&text, offset);
        at.map(Some).ok_or(Unreadable { problem: Problem::InvalidTime, field })
    }

    /// Returns a time in RFC 3339, such as `2026-01-01T07:59:58+08:00`.
    pub fn rfc3339(&self, field: &'static str) -> Result<Option<OffsetDateTime>, Unreadable> {
        let Some(text) = self.optional(field)? else { return Ok(None) };
        let at = times::read_rfc3339(&text);
        at.map(Some).ok_or(Unreadable { problem: Problem::InvalidTime, field })
    }

    /// Returns a time in whole seconds since 1970.
    pub fn unix_seconds(&self, field: &'static str) -> Result<Option<OffsetDateTime>, Unreadable> {
        let Some(text) = self.optional(field)? else { return Ok(None) };
        let at = times::read_unix_seconds(&text);
        at.map(Some).ok_or(Unreadable { problem: Problem::InvalidTime, field })
    }

    /// Returns the currency in a field that the message must contain: a code of ISO 4217.
    pub fn currency(&self, field: &'static str) -> Result<Currency, Unreadable> {
        read_currency(&self.required(field)?, field)
    }

    /// Returns the currency in a field, or the one with the code `default`.
    pub fn currency_or(&self, field: &'static str, default: &str) -> Result<Currency, Unreadable> {
        read_currency(self.optional(field)?.as_deref().unwrap_or(default), field)
    }
}

/// Reads a code of ISO 4217. `field` names it in the error.
pub fn read_currency(code: &str, field: &'static str) -> Result<Currency, Unreadable> {
    Currency::iso(code).ok_or(Unreadable { problem: Problem::UnknownCurrency, field })
}

/// Returns the value of a field, or [`Problem::MissingField`] if there is none.
pub fn require<T>(value: Option<T>, field: &'static str) -> Result<T, Unreadable> {
    value.ok_or(Unreadable::missing(field))
}
