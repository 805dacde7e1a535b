//! Rows as values of Postgres' composite types, so that a whole group is one parameter for each
//! table, whatever the number of its rows and columns.
//!
//! The form: <https://www.postgresql.org/docs/current/sql-createtype.html>, in binary as
//! `record_recv` reads it: the number of columns, then for each its type, its length and its value.

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, Postgres};
use sqlx::{Type, TypeInfo};

/// Writes one row, column by column, in the order of its composite type.
pub(in crate::store) struct CompositeEncoder<'a> {
    buffer: &'a mut PgArgumentBuffer,
    start: usize,
    columns: i32,
}

impl<'a> CompositeEncoder<'a> {
    /// Begins a row at the end of `buffer`.
    pub(in crate::store) fn begin(buffer: &'a mut PgArgumentBuffer) -> Self {
        let start = buffer.len();
        buffer.extend_from_slice(&0_i32.to_be_bytes());
        Self { buffer, start, columns: 0 }
    }

    /// Adds the next column. Its type is one that every server has under the same number.
    pub(in crate::store) fn column<'q, T>(&mut self, value: T) -> Result<&mut Self, BoxDynError>
    where
        T: Encode<'q, Postgres> + Type<Postgres>,
    {
        let type_info = T::type_info();
        let Some(oid) = type_info.oid() else {
            return Err(format!("no fixed number for type {}", type_info.name()).into());
        };
        self.buffer.extend_from_slice(&oid.0.to_be_bytes());
        let length_at = self.buffer.len();
        self.buffer.extend_from_slice(&0_i32.to_be_bytes());
        let length = match value.encode_by_ref(self.buffer)? {
            IsNull::Yes => -1,
            IsNull::No => i32::try_from(self.buffer.len() - length_at - 4)?,
        };
        put(self.buffer, length_at, length);
        self.columns += 1;
        Ok(self)
    }

    /// Ends the row.
    pub(in crate::store) fn end(self) -> IsNull {
        put(self.buffer, self.start, self.columns);
        IsNull::No
    }
}

fn put(buffer: &mut PgArgumentBuffer, at: usize, number: i32) {
    if let Some(place) = buffer.get_mut(at..at + 4) {
        place.copy_from_slice(&number.to_be_bytes());
    }
}

/// JSON text that goes into a `jsonb` column as it stands; the server checks it.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct JsonText<'a>(pub &'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        <sqlx::types::JsonValue as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // The version of the binary form.
        buffer.push(1);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}
