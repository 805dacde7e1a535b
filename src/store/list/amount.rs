//! A range of amounts in major units, for currencies of any exponent.

use std::str::FromStr;

use refund_providers::refund::Currency;

/// A range of amounts in major units, both ends inclusive, such as `88.50` or `50..100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountRange {
    /// In units of 10^-[`Currency::MOST_DECIMALS`].
    from: Option<i128>,
    to: Option<i128>,
}

impl AmountRange {
    /// Returns the least and the greatest amount of the range in minor units of a currency with this
    /// exponent, or `None` if no amount in that currency is in the range.
    pub fn in_minor_units(&self, exponent: u8) -> Option<(i64, i64)> {
        let unit = 10_i128.pow(u32::from(Currency::MOST_DECIMALS.checked_sub(exponent)?));
        let least = self.from.map(|from| -(-from).div_euclid(unit));
        let greatest = self.to.map(|to| to.div_euclid(unit));
        let least = least.unwrap_or(i128::from(i64::MIN)).max(i128::from(i64::MIN));
        let greatest = greatest.unwrap_or(i128::from(i64::MAX)).min(i128::from(i64::MAX));
        if least > greatest {
            return None;
        }
        Some((i64::try_from(least).ok()?, i64::try_from(greatest).ok()?))
    }
}

impl FromStr for AmountRange {
    type Err = &'static str;

    /// Reads `88.50`, `50..100`, `50..` or `..100`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "an amount such as 88.50, or a range such as 50..100";
        let end = |text: &str| match text {
            "" => Ok(None),
            _ => decimal(text).map(Some).ok_or(EXPECTED),
        };
        let Some((from, to)) = text.split_once("..") else {
            let amount = Some(decimal(text).ok_or(EXPECTED)?);
            return Ok(Self { from: amount, to: amount });
        };
        let (from, to) = (end(from)?, end(to)?);
        match (from, to) {
            (None, None) => Err(EXPECTED),
            (Some(from), Some(to)) if from > to => {
                Err("a range such as 50..100, the smaller amount first")
            }
            _ => Ok(Self { from, to }),
        }
    }
}

/// Reads a decimal number as an integer of the smallest units of any currency.
fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let decimals = usize::from(Currency::MOST_DECIMALS);
    if !is_number(whole) || !is_number(fraction) || whole.len() > 19 {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return None;
    }
    let smallest: i128 = format!("{whole}{fraction:0<decimals$}").parse().ok()?;
    Some(sign * smallest)
}

#[cfg(test)]
mod tests {
    use super::AmountRange;

    #[test]
    fn a_range_is_read_in_major_units_and_applies_to_every_exponent() {
        let cases = [
            ("88.50", 2, Some((8850, 8850))),
            ("88.5", 3, Some((88500, 88500))),
            ("88.50", 0, None),
            ("88", 0, Some((88, 88))),
            ("88.505", 2, None),
            ("50..100", 2, Some((5000, 10000))),
            ("0.5..1.5", 0, Some((1, 1))),
            ("-1.5..-0.5", 0, Some((-1, -1))),
            ("50..", 2, Some((5000, i64::MAX))),
            ("..100", 2, Some((i64::MIN, 10000))),
            ("9999999999999999999", 6, None),
        ];
        for (text, exponent, expected) in cases {
            let range: AmountRange = text.parse().unwrap();
            assert_eq!(range.in_minor_units(exponent), expected, "{text} at {exponent}");
        }
    }

    #[test]
    fn other_texts_are_no_range() {
        for text in ["", "..", "x", "1,5", "1.", ".5", "+1", "1e3", "2..1", "1...2", "1.2345678"] {
            assert!(text.parse::<AmountRange>().is_err(), "{text}");
        }
    }
}
