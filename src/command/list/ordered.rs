//! A row as JSON, with its columns in order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::store::Row;
use refund_providers::refund::money::in_major_units;

/// The column that CSV and `--columns` have besides those of the list of refunds.
pub(super) const AMOUNT: &str = "amount";

/// Returns the amount of a refund in major units, or `None` without one.
pub(super) fn major_units(row: &Row) -> Option<String> {
    let exponent = u8::try_from(row.integer("currency_exponent")?).ok()?;
    Some(in_major_units(row.integer("amount_minor")?, exponent))
}

/// A row with its columns in order.
pub(super) struct Ordered<'a> {
    pub row: &'a Row,
    pub columns: &'a [&'static str],
}

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for name in self.columns {
            if *name == AMOUNT {
                map.serialize_entry(name, &major_units(self.row))?;
            } else {
                map.serialize_entry(name, self.row.0.get(*name).unwrap_or(&Value::Null))?;
            }
        }
        map.end()
    }
}
