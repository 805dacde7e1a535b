//! Money as integer minor units. No amount ever passes through a float.

use std::fmt;

/// A currency code and the number of decimals of its minor unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: String,
    exponent: u8,
}

/// An amount in the minor unit of its currency, with the provider's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    minor: i64,
    literal: String,
    currency: Currency,
}

/// The most zeros at the end of an amount of 64 bits.
const MOST_ZEROS: usize = 18;

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not an optional minus sign, digits, and at most one decimal point.
    #[error("expected a plain decimal number")]
    NotDecimal,
    /// The text has digits other than zero below the currency's minor unit.
    #[error("expected no more decimals than the currency has")]
    TooPrecise,
    /// The amount does not fit into 64 bits.
    #[error("expected an amount of at most 64 bits")]
    TooLarge,
}

impl Currency {
    /// The most decimals that an amount may have. ISO 4217 has at most 4.
    pub const MOST_DECIMALS: u8 = 6;

    /// Returns the currency of an ISO 4217 code in capitals. Returns `None` for a code that is not
    /// listed or has no minor unit (gold, test codes).
    pub fn iso(code: &str) -> Option<Self> {
        Self::listed(iso_currency::Currency::from_code(code)?)
    }

    fn listed(listed: iso_currency::Currency) -> Option<Self> {
        let exponent = u8::try_from(listed.exponent()?).ok()?;
        Some(Self { code: listed.code().to_owned(), exponent })
    }

    /// Returns the currency of a numeric code of ISO 4217: three digits, such as `156`. Returns `None`
    /// for a code that is not listed or has no minor unit.
    pub fn iso_numeric(digits: &str) -> Option<Self> {
        let number = (digits.len() == 3 && all_digits(digits)).then(|| digits.parse().ok())??;
        Self::listed(iso_currency::Currency::from_numeric(number)?)
    }

    /// Returns the currency with another minor unit, for providers that do not follow ISO 4217.
    /// Returns `None` above [`Self::MOST_DECIMALS`].
    pub fn with_exponent(self, exponent: u8) -> Option<Self> {
        (exponent <= Self::MOST_DECIMALS).then_some(Self { exponent, ..self })
    }

    /// Returns the ISO 4217 code in capitals.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the numeric code of ISO 4217, which has three digits.
    pub fn numeric_code(&self) -> Option<String> {
        iso_currency::Currency::from_code(&self.code).map(|it| format!("{:03}", it.numeric()))
    }

    /// Returns the number of decimals of the minor unit.
    pub fn exponent(&self) -> u8 {
        self.exponent
    }
}

impl Money {
    /// Reads decimal text in major units, such as `540.2` or `100`, with any number of trailing
    /// zeros.
    ///
    /// # Errors
    /// [`AmountError::TooPrecise`] for other digits below the minor unit.
    pub fn from_major_units(literal: &str, currency: Currency) -> Result<Self, AmountError> {
        let (negative, digits) = split_sign(literal);
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(AmountError::NotDecimal),
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        if !all_digits(whole) || !(fraction.is_empty() || all_digits(fraction)) {
            return Err(AmountError::NotDecimal);
        }
        let fraction = fraction.trim_end_matches('0');
        let exponent = usize::from(currency.exponent);
        if fraction.len() > exponent {
            return Err(AmountError::TooPrecise);
        }
        let minor = format!("{whole}{fraction:0<exponent$}");
        Self::from_digits(negative, &minor, literal, currency)
    }

    /// Reads a number in major units as JSON may write it: as [`Self::from_major_units`] does, and
    /// with an exponent, such as `1.5e2`, exactly.
    ///
    /// # Errors
    /// The errors of [`Self::from_major_units`].
    pub fn from_major_number(literal: &str, currency: Currency) -> Result<Self, AmountError> {
        let Some((mantissa, power)) = literal.split_once(['e', 'E']) else {
            return Self::from_major_units(literal, currency);
        };
        let power: i32 = power.parse().map_err(|_| AmountError::NotDecimal)?;
        let (negative, digits) = split_sign(mantissa);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(AmountError::NotDecimal);
        }
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Self::from_digits(negative, "0", literal, currency);
        }
        // The minor units are the significant digits followed by this many zeros.
        let size = |text: &str| i64::try_from(text.len()).map_err(|_| AmountError::TooLarge);
        let point = i64::from(power) + i64::from(currency.exponent) - size(fraction)?;
        let zeros = point + size(&digits)? - size(significant)?;
        match usize::try_from(zeros) {
            Err(_) => Err(AmountError::TooPrecise),
            Ok(zeros) if zeros > MOST_ZEROS => Err(AmountError::TooLarge),
            Ok(zeros) => {
                let minor = format!("{significant}{}", "0".repeat(zeros));
                Self::from_digits(negative, &minor, literal, currency)
            }
        }
    }

    /// Reads an integer in minor units, such as `10000`.
    pub fn from_minor_units(literal: &str, currency: Currency) -> Result<Self, AmountError> {
        let (negative, digits) = split_sign(literal);
        if !all_digits(digits) {
            return Err(AmountError::NotDecimal);
        }
        Self::from_digits(negative, digits, literal, currency)
    }

    /// Returns the amount with another literal.
    pub fn with_literal(self, literal: &str) -> Self {
        Self { literal: literal.to_owned(), ..self }
    }

    /// Returns the amount without its sign. The literal stays.
    pub fn absolute(self) -> Self {
        Self { minor: self.minor.saturating_abs(), ..self }
    }

    fn from_digits(
        negative: bool,
        digits: &str,
        literal: &str,
        currency: Currency,
    ) -> Result<Self, AmountError> {
        let size: i64 = digits.parse().map_err(|_| AmountError::TooLarge)?;
        Ok(Self {
            minor: if negative { -size } else { size },
            literal: literal.to_owned(),
            currency,
        })
    }

    /// Returns the amount in minor units.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// Returns the provider's text.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// Returns the currency.
    pub fn currency(&self) -> &Currency {
        &self.currency
    }
}

/// Writes major units with all decimals of the currency and without its code: `540.20`.
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&in_major_units(self.minor, self.currency.exponent))
    }
}

/// Writes minor units as decimal text with exactly `exponent` decimals.
pub fn in_major_units(minor: i64, exponent: u8) -> String {
    let exponent = usize::from(exponent);
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    if exponent == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn split_sign(literal: &str) -> (bool, &str) {
    match literal.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, literal),
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{AmountError, Currency, Money};

    fn read(literal: &str, code: &str) -> Result<i64, AmountError> {
        let currency = Currency::iso(code).unwrap();
        Money::from_major_units(literal, currency).map(|money| money.minor())
    }

    #[test]
    fn major_units_are_read_by_the_decimals_of_their_currency() {
        let cases = [
            ("0.29", "HKD", Ok(29)),
            ("100", "HKD", Ok(10_000)),
            ("540.2", "HKD", Ok(54_020)),
            ("0.290", "HKD", Ok(29)),
            ("-1.5", "HKD", Ok(-150)),
            ("1000", "JPY", Ok(1_000)),
            ("1000.00", "JPY", Ok(1_000)),
            ("1.234", "KWD", Ok(1_234)),
            ("0", "HKD", Ok(0)),
            ("0.291", "HKD", Err(AmountError::TooPrecise)),
            ("0.5", "JPY", Err(AmountError::TooPrecise)),
            ("", "HKD", Err(AmountError::NotDecimal)),
            (".5", "HKD", Err(AmountError::NotDecimal)),
            ("5.", "HKD", Err(AmountError::NotDecimal)),
            ("1,000", "HKD", Err(AmountError::NotDecimal)),
            ("1e2", "HKD", Err(AmountError::NotDecimal)),
            ("+1", "HKD", Err(AmountError::NotDecimal)),
            ("--1", "HKD", Err(AmountError::NotDecimal)),
            ("1.-5", "HKD", Err(AmountError::NotDecimal)),
            ("٣", "HKD", Err(AmountError::NotDecimal)),
            ("92233720368547758.08", "HKD", Err(AmountError::TooLarge)),
        ];
        for (literal, code, expected) in cases {
            assert_eq!(read(literal, code), expected, "{literal} {code}");
        }
    }

    #[test]
    fn numbers_with_an_exponent_are_read_exactly() {
        let cases = [
            ("1e2", "HKD", Ok(10_000)),
            ("1E+2", "HKD", Ok(10_000)),
            ("-1.50e1", "HKD", Ok(-1_500)),
            ("12345e-2", "HKD", Ok(12_345)),
            ("123450e-3", "HKD", Ok(12_345)),
            ("0.29e0", "HKD", Ok(29)),
            ("1e-3", "KWD", Ok(1)),
            ("0e99999999", "HKD", Ok(0)),
            ("0.0e-5", "JPY", Ok(0)),
            ("9223372036854775807e-2", "HKD", Ok(i64::MAX)),
            ("00000000000000000000001e0", "HKD", Ok(100)),
            ("50.00", "HKD", Ok(5_000)),
            ("1e-3", "HKD", Err(AmountError::TooPrecise)),
            ("5e-1", "JPY", Err(AmountError::TooPrecise)),
            ("1e-2147483648", "HKD", Err(AmountError::TooPrecise)),
            ("1e17", "HKD", Err(AmountError::TooLarge)),
            ("10e16", "HKD", Err(AmountError::TooLarge)),
            ("1e2147483647", "HKD", Err(AmountError::TooLarge)),
            ("1e2147483648", "HKD", Err(AmountError::NotDecimal)),
            ("1e", "HKD", Err(AmountError::NotDecimal)),
            ("e2", "HKD", Err(AmountError::NotDecimal)),
            ("1.e2", "HKD", Err(AmountError::NotDecimal)),
            ("1e2.0", "HKD", Err(AmountError::NotDecimal)),
            ("1e2e2", "HKD", Err(AmountError::NotDecimal)),
            ("0x1", "HKD", Err(AmountError::NotDecimal)),
        ];
        for (literal, code, expected) in cases {
            let currency = Currency::iso(code).unwrap();
            let found = Money::from_major_number(literal, currency).map(|money| money.minor());
            assert_eq!(found, expected, "{literal} {code}");
        }
    }

    #[test]
    fn minor_units_are_whole_numbers_only() {
        let currency = || Currency::iso("PHP").unwrap();
        assert_eq!(Money::from_minor_units("10000", currency()).unwrap().minor(), 10_000);
        for literal in ["100.00", "1e2", "", "ten"] {
            assert_eq!(
                Money::from_minor_units(literal, currency()),
                Err(AmountError::NotDecimal),
                "{literal}"
            );
        }
    }

    #[test]
    fn codes_are_those_of_iso_4217_in_capitals() {
        assert_eq!(Currency::iso("KWD").unwrap().exponent(), 3);
        for code in ["RMB", "", "XAU", "HKDD", "hkd"] {
            assert_eq!(Currency::iso(code), None, "{code}");
        }
        assert_eq!(Currency::iso_numeric("156").unwrap().code(), "CNY");
        assert_eq!(Currency::iso_numeric("008").unwrap().code(), "ALL");
        for code in ["", "56", "0156", "8", "+56", "CNY", "000", "959"] {
            assert_eq!(Currency::iso_numeric(code), None, "{code}");
        }
    }
}
