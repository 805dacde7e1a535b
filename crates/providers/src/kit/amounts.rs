//! The amounts of a message, each in a currency.

use super::fields::{Fields, LONGEST_TEXT};
use crate::refund::{AmountError, Currency, Field, Money};

/// How a provider writes amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Decimal text in major units: `88.50`.
    Major,
    /// A number in major units, as JSON may write it: `88.50`, `8.85e1`.
    MajorNumber,
    /// Whole minor units: `8850`.
    Minor,
    /// Whole minor units, with or without a fraction of zeros: `8850.0`.
    MinorWithZeros,
}

/// A reader of amounts in one currency and one unit. If the currency is absent or cannot be read, an
/// amount that is present cannot be read either.
#[derive(Clone, Copy, Debug)]
pub struct Amounts<'c> {
    currency: &'c Field<Currency>,
    unit: Unit,
}

/// Returns the currency of amounts beside the refund's, such as those of its payment: `named`, the
/// currency that the message names for them, or else the refund's own. Without the refund's own, no
/// amount can become a fact, so they cannot be read either.
pub fn currency_beside(
    refund: &Field<Currency>,
    named: impl FnOnce() -> Field<Currency>,
) -> Field<Currency> {
    match refund {
        Field::Read(_) => named().or(|| refund.clone()),
        Field::Absent | Field::Unread(_) => refund.clone(),
    }
}

impl<'c> Amounts<'c> {
    /// Reads amounts in `currency`.
    pub fn new(currency: &'c Field<Currency>, unit: Unit) -> Self {
        Self { currency, unit }
    }

    /// Returns the amount in a field.
    pub fn read(&self, fields: Fields<'_, '_>, field: &'static str) -> Field<Money> {
        fields.literal(field).and_then(
            || fields.name(field),
            |text| {
                let currency = self.currency.known()?;
                let fits = text.len() <= LONGEST_TEXT;
                fits.then(|| self.amount(text, currency.clone()))?.ok()
            },
        )
    }

    fn amount(&self, text: &str, currency: Currency) -> Result<Money, AmountError> {
        match self.unit {
            Unit::Major => Money::from_major_units(text, currency),
            Unit::MajorNumber => Money::from_major_number(text, currency),
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

#[cfg(test)]
mod tests {
    use super::{Amounts, Unit};
    use crate::kit::fields::Fields;
    use crate::refund::{Currency, Field};
    use crate::wire::json::Members;

    #[test]
    fn an_amount_is_absent_unread_or_read_in_its_currency() {
        let text = r#"{"a":"8850","z":"8850.0","x":1E+2,"e":"","n":null,"l":[],"w":"ten"}"#;
        let members = Members::from_text(text).unwrap();
        let currency = Field::Read(Currency::iso("KWD").unwrap());
        let read = |currency: &Field<Currency>, unit, field| {
            let amount = Amounts::new(currency, unit).read(Fields::new(&members), field);
            amount.and_then(String::new, |money| Some(money.minor()))
        };
        let unread = |name: &str| Field::Unread(name.to_owned());
        assert_eq!(read(&currency, Unit::Minor, "a"), Field::Read(8850));
        assert_eq!(read(&currency, Unit::Major, "a"), Field::Read(8_850_000));
        assert_eq!(read(&currency, Unit::MajorNumber, "x"), Field::Read(100_000));
        assert_eq!(read(&currency, Unit::Major, "x"), unread("x"));
        assert_eq!(read(&currency, Unit::Minor, "z"), unread("z"));
        assert_eq!(read(&currency, Unit::MinorWithZeros, "z"), Field::Read(8850));
        for field in ["e", "n", "-"] {
            assert_eq!(read(&currency, Unit::Minor, field), Field::Absent, "{field}");
            assert_eq!(read(&Field::Absent, Unit::Minor, field), Field::Absent, "{field}");
        }
        for field in ["l", "w"] {
            assert_eq!(read(&currency, Unit::Minor, field), unread(field), "{field}");
        }
        for currency in [Field::Absent, Field::Unread("cur".to_owned())] {
            assert_eq!(read(&currency, Unit::Minor, "a"), unread("a"));
        }
    }
}
