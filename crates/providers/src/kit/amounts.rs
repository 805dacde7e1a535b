//! The amounts of a message, all in one currency.

use super::fields::{Fields, LONGEST_TEXT, require};
use crate::contract::{Problem, Unreadable};
use crate::refund::{AmountError, Currency, Money};
use crate::wire::json::Literal;

/// How a provider writes amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Decimal text in major units: `88.50`.
    Major,
    /// Whole minor units: `8850`.
    Minor,
    /// Whole minor units, with or without a fraction of zeros: `8850.0`.
    MinorWithZeros,
}

/// A reader of amounts in one currency and one unit. Every error names the field.
#[derive(Clone, Copy, Debug)]
pub struct Amounts<'c, 'm, 'a> {
    fields: Fields<'m, 'a>,
    currency: &'c Currency,
    unit: Unit,
}

impl<'c, 'm, 'a> Amounts<'c, 'm, 'a> {
    /// Reads amounts from `fields`.
    pub fn new(fields: Fields<'m, 'a>, currency: &'c Currency, unit: Unit) -> Self {
        Self { fields, currency, unit }
    }

    /// Returns an amount. Absent, `null` and empty are `None`.
    pub fn optional(&self, field: &'static str) -> Result<Option<Money>, Unreadable> {
        let invalid = Unreadable { problem: Problem::InvalidAmount, field };
        let text = match self.fields.0.get(field) {
            None | Some(Literal::Null) => return Ok(None),
            Some(Literal::Boolean(_) | Literal::Nested(_)) => return Err(invalid),
            Some(Literal::Number(text)) => *text,
            Some(Literal::Text(text)) if text.is_empty() => return Ok(None),
            Some(Literal::Text(text)) => text,
        };
        if text.len() > LONGEST_TEXT {
            return Err(invalid);
        }
        self.read(text).map(Some).map_err(|_| invalid)
    }

    /// Returns an amount that the message must contain.
    pub fn required(&self, field: &'static str) -> Result<Money, Unreadable> {
        require(self.optional(field)?, field)
    }

    /// Returns an amount in minor units. Absent, `null` and empty are `None`.
    pub fn minor(&self, field: &'static str) -> Result<Option<i64>, Unreadable> {
        Ok(self.optional(field)?.map(|money| money.minor()))
    }

    /// Returns the amount in an object, in minor units, or `None` if the object has another currency.
    pub fn minor_in(
        &self,
        object: &str,
        amount: &'static str,
        currency: &str,
    ) -> Result<Option<i64>, Unreadable> {
        let Some(object) = self.fields.0.object(object) else { return Ok(None) };
        match object.text(currency) {
            Some(code) if code.eq_ignore_ascii_case(self.currency.code()) => {
                Amounts::new(Fields(&object), self.currency, self.unit).minor(amount)
            }
            Some(_) | None => Ok(None),
        }
    }

    fn read(&self, text: &str) -> Result<Money, AmountError> {
        let currency = self.currency.clone();
        match self.unit {
            Unit::Major => Money::from_major_units(text, currency),
            Unit::Minor => Money::from_minor_units(text, currency),
            Unit::MinorWithZeros => {
                let is_zeros =
                    |zeros: &str| !zeros.is_empty() && zeros.bytes().all(|it| it == b'0');
                let whole = match text.split_once('.') {
                    Some((whole, zeros)) if is_zeros(zeros) => whole,
                    Some(_) | None => text,
                };
                Ok(Money::from_minor_units(whole, currency)?.with_literal(text))
            }
        }
    }
}
