//! The amounts of a message, all in one currency.

use super::fields::{Fields, require};
use crate::contract::Unreadable;
use crate::refund::{Currency, Money};

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

/// A reader of amounts in one currency and one unit.
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
        match self.unit {
            Unit::Major => self.fields.major_units(field, self.currency),
            Unit::Minor => self.fields.minor_units(field, self.currency),
            Unit::MinorWithZeros => self.fields.whole_minor_units(field, self.currency),
        }
    }

    /// Returns an amount that the message must contain.
    pub fn required(&self, field: &'static str) -> Result<Money, Unreadable> {
        require(self.optional(field)?, field)
    }

    /// Returns an amount in minor units. Absent, `null` and empty are `None`.
    pub fn minor(&self, field: &'static str) -> Result<Option<i64>, Unreadable> {
        Ok(self.optional(field)?.map(|money| money.minor()))
    }
}
