//! Amounts in major units.

use crate::store::Row;
use refund_providers::refund::money::in_major_units;

/// Returns the amount of a refund in major units, or `None` without one.
pub fn major_units(row: &Row) -> Option<String> {
    let exponent = u8::try_from(row.integer("currency_exponent")?).ok()?;
    Some(in_major_units(row.integer("amount_minor")?, exponent))
}

/// Returns the amount of a refund in major units, with its currency, or `None` without an amount.
pub fn money(row: &Row) -> Option<String> {
    Some(format!("{} {}", major_units(row)?, row.text("currency")))
}
