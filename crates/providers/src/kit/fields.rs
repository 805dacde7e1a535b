//! Reading the fields of an authentic message: what is absent, what is empty, what is no number.

use time::{OffsetDateTime, UtcOffset};

use crate::contract::{Problem, Unreadable};
use crate::refund::{AmountError, Currency, Money};
use crate::wire::json::{Literal, Members};
use crate::wire::payload::storable;
use crate::wire::times;

/// The longest text that is taken for a number or a word. Providers' declared lengths are not to
/// be trusted; their own examples exceed them.
pub const LONGEST_TEXT: usize = 128;

/// The longest free text; what is longer is cut, for nothing hangs on it.
pub const LONGEST_FREE_TEXT: usize = 1024;

/// The members of an authentic message, read by the names that the provider documents.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'m, 'a>(pub &'m Members<'a>);

impl Fields<'_, '_> {
    /// The text of a field, or the text of a number: 1 to [`LONGEST_TEXT`] characters. Absent,
    /// `null` and empty are all `None`.
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

    /// The same where the refund is nothing without it. Empty text is [`Problem::InvalidText`].
    pub fn required(&self, field: &'static str) -> Result<String, Unreadable> {
        match self.optional(field)? {
            Some(text) => Ok(text),
            None if matches!(self.0.get(field), Some(Literal::Text(_))) => {
                Err(Unreadable { problem: Problem::InvalidText, field })
            }
            None => Err(Unreadable { problem: Problem::MissingField, field }),
        }
    }

    /// Free text of any content, cut at [`LONGEST_FREE_TEXT`] characters; a number is taken as
    /// its text.
    pub fn free_text(&self, field: &'static str) -> Option<String> {
        let text = self.0.get(field)?.as_signed_text().filter(|text| !text.is_empty())?;
        Some(storable(text).chars().take(LONGEST_FREE_TEXT).collect())
    }

    /// A local time `yyyy-MM-dd HH:mm:ss` at `offset`.
    pub fn local_time(
        &self,
        field: &'static str,
        offset: UtcOffset,
    ) -> Result<Option<OffsetDateTime>, Unreadable> {
        let Some(text) = self.optional(field)? else { return Ok(None) };
        let at = times::read_local(&text, offset);
        at.map(Some).ok_or(Unreadable { problem: Problem::InvalidTime, field })
    }

    /// A time in RFC 3339, such as `2026-01-01T07:59:58+08:00`.
    pub fn rfc3339(&self, field: &'static str) -> Result<Option<OffsetDateTime>, Unreadable> {
        let Some(text) = self.optional(field)? else { return Ok(None) };
        let at = times::read_rfc3339(&text);
        at.map(Some).ok_or(Unreadable { problem: Problem::InvalidTime, field })
    }

    /// An amount in decimal major units.
    pub fn major_units(
        &self,
        field: &'static str,
        currency: &Currency,
    ) -> Result<Option<Money>, Unreadable> {
        self.amount(field, |text| Money::from_major_units(text, currency.clone()))
    }

    /// An amount in whole minor units.
    pub fn minor_units(
        &self,
        field: &'static str,
        currency: &Currency,
    ) -> Result<Option<Money>, Unreadable> {
        self.amount(field, |text| Money::from_minor_units(text, currency.clone()))
    }

    /// An amount in whole minor units that may be written with a fraction of zero: `10.0`.
    pub fn whole_minor_units(
        &self,
        field: &'static str,
        currency: &Currency,
    ) -> Result<Option<Money>, Unreadable> {
        self.amount(field, |text| {
            let whole = match text.split_once('.') {
                Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|it| it == b'0') => {
                    whole
                }
                Some(_) | None => text,
            };
            Ok(Money::from_minor_units(whole, currency.clone())?.with_literal(text))
        })
    }

    fn amount(
        &self,
        field: &'static str,
        read: impl FnOnce(&str) -> Result<Money, AmountError>,
    ) -> Result<Option<Money>, Unreadable> {
        let invalid = Unreadable { problem: Problem::InvalidAmount, field };
        let read = |text: &str| match text.len() {
            ..=LONGEST_TEXT => read(text).map(Some).map_err(|_| invalid),
            _ => Err(invalid),
        };
        match self.0.get(field) {
            None | Some(Literal::Null) => Ok(None),
            Some(Literal::Boolean(_) | Literal::Nested(_)) => Err(invalid),
            Some(Literal::Number(text)) => read(text),
            Some(Literal::Text(text)) if text.is_empty() => Ok(None),
            Some(Literal::Text(text)) => read(text),
        }
    }
}

/// The error for an amount that must be there and is not.
pub fn require<T>(value: Option<T>, field: &'static str) -> Result<T, Unreadable> {
    value.ok_or(Unreadable { problem: Problem::MissingField, field })
}
