//! Providers' own minor units, where they are not those of ISO 4217.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::Fields;
use crate::contract::SettingsError;
use crate::refund::{Currency, Field};

/// A provider's documented decimals.
#[derive(Clone, Copy, Debug)]
pub struct ExponentTable {
    /// The decimals of listed currencies.
    pub listed: &'static [(u8, &'static [&'static str])],
    /// The decimals of all other currencies, or `None` for those of ISO 4217.
    pub others: Option<u8>,
}

impl ExponentTable {
    /// The decimals of ISO 4217, for providers that have no table of their own.
    pub const ISO_4217: Self = Self { listed: &[], others: None };

    /// Returns whether the table lists the currency of this code.
    pub fn lists(&self, code: &str) -> bool {
        self.listed.iter().any(|(_, codes)| codes.contains(&code))
    }
}

/// The setting `exponents = { UGX = 2 }`: decimals that replace those of the provider's table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exponents(BTreeMap<String, u8>);

impl Exponents {
    /// Checks the setting.
    ///
    /// # Errors
    /// An error at `exponents` if a code is not one of ISO 4217 in capitals, or if there are too
    /// many decimals.
    pub fn check(&self) -> Result<(), SettingsError> {
        for (code, exponent) in &self.0 {
            let place = format!("exponents.{code}");
            let currency = Currency::iso(code).ok_or_else(|| {
                SettingsError::new(&place, "expected a code of ISO 4217 in capitals")
            })?;
            currency.with_exponent(*exponent).ok_or_else(|| {
                let most = Currency::MOST_DECIMALS;
                SettingsError::new(&place, format!("expected 0 to {most}, found {exponent}"))
            })?;
        }
        Ok(())
    }

    /// Returns whether the setting has an entry for a code of ISO 4217 in capitals.
    pub fn has(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// Returns the currency in a field, whose code may be in small letters. Its decimals are those
    /// of the setting, or else of `table`.
    pub fn currency(
        &self,
        table: &ExponentTable,
        fields: Fields<'_, '_>,
        field: &'static str,
    ) -> Field<Currency> {
        fields.currency_by(field, |code| self.named(table, code))
    }

    /// Returns the currency in a field that has a numeric code of ISO 4217. Its decimals are those of
    /// the setting, or else of ISO 4217.
    pub fn numeric_currency(&self, fields: Fields<'_, '_>, field: &'static str) -> Field<Currency> {
        fields.currency_by(field, |digits| self.of(Currency::iso_numeric(digits)?))
    }

    /// Returns the currency with the decimals of the setting, or else with its own.
    pub fn of(&self, currency: Currency) -> Option<Currency> {
        match self.0.get(currency.code()) {
            Some(exponent) => currency.with_exponent(*exponent),
            None => Some(currency),
        }
    }

    /// Returns the currency of a code, which may be in small letters. Its decimals are those of the
    /// setting, or else of `table`.
    pub fn named(&self, table: &ExponentTable, code: &str) -> Option<Currency> {
        let code = code.to_ascii_uppercase();
        let mut listed = table.listed.iter();
        let listed =
            listed.find(|(_, codes)| codes.contains(&&*code)).map(|(exponent, _)| exponent);
        let exponent = self.0.get(&code).or(listed).or(table.others.as_ref());
        let currency = Currency::iso(&code)?;
        match exponent {
            Some(exponent) => currency.with_exponent(*exponent),
            None => Some(currency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExponentTable, Exponents};
    use crate::kit::fields::Fields;
    use crate::refund::Field;
    use crate::wire::json::Members;

    fn setting(overrides: &[(&str, u8)]) -> Exponents {
        let overrides = overrides.iter().map(|(code, exponent)| ((*code).to_owned(), *exponent));
        Exponents(overrides.collect())
    }

    fn read(others: Option<u8>, code: &str) -> Field<(String, u8)> {
        let table = ExponentTable { listed: &[(0, &["JPY", "MGA"]), (2, &["ISK"])], others };
        let text = format!("{{\"currency\":\"{code}\"}}");
        let members = Members::from_text(&text).unwrap();
        let currency = setting(&[("EUR", 4)]).currency(&table, Fields::new(&members), "currency");
        currency.and_then(String::new, |it| Some((it.code().to_owned(), it.exponent())))
    }

    #[test]
    fn a_setting_comes_before_the_table_and_the_table_before_iso_4217() {
        let cases = [
            (None, vec![("mga", 0), ("ISK", 2), ("KWD", 3), ("UGX", 0), ("eur", 4)]),
            (Some(2), vec![("mga", 0), ("ISK", 2), ("KWD", 2), ("UGX", 2), ("eur", 4)]),
        ];
        for (others, expected) in cases {
            for (code, exponent) in expected {
                assert_eq!(read(others, code), Field::Read((code.to_uppercase(), exponent)));
            }
            for code in ["zzz", "xau", "e ur"] {
                assert_eq!(read(others, code), Field::Unread("currency".to_owned()));
            }
            assert_eq!(read(others, ""), Field::Absent);
        }
    }

    #[test]
    fn a_currency_is_in_the_table_in_the_setting_or_in_neither() {
        let table = ExponentTable { listed: &[(0, &["JPY"]), (2, &["ISK"])], others: None };
        let found = ["JPY", "ISK", "EUR", "isk"].map(|code| table.lists(code));
        assert_eq!(found, [true, true, false, false]);
        let setting = setting(&[("EUR", 4)]);
        assert_eq!((setting.has("EUR"), setting.has("JPY")), (true, false));
    }

    #[test]
    fn a_setting_that_cannot_be_an_exponent_is_an_error() {
        assert_eq!(setting(&[("UGX", 0), ("EUR", 6)]).check(), Ok(()));
        for (code, exponent) in [("ugx", 2), ("RMB", 2), ("UGX", 7)] {
            let error = setting(&[(code, exponent)]).check().unwrap_err().to_string();
            assert!(error.starts_with(&format!("exponents.{code}: expected")), "{error}");
        }
    }
}
