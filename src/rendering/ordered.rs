//! A row as JSON, with its columns in order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::amounts::major_units;
use crate::query::AMOUNT;
use crate::store::Row;

/// A row with its columns in order.
#[derive(Clone, Copy, Debug)]
pub struct Ordered<'a> {
    /// The row.
    pub row: &'a Row,
    /// The names of the columns.
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
