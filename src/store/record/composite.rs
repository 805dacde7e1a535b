//! Encodes rows as values of Postgres' composite types, so that a group needs one parameter for
//! each table, for any number of rows and columns.
//!
//! The binary form is the one that Postgres' `record_recv` reads: the number of columns, then the
//! type, the length and the value of each column.

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

    /// Adds the next column. Its type must be a built-in one, which has the same OID on every
    /// server.
    pub(in crate::store) fn column<'q, T>(&mut self, value: T) -> Result<&mut Self, BoxDynError>
    where
        T: Encode<'q, Postgres> + Type<Postgres>,
    {
        let type_info = T::type_info();
        let Some(oid) = type_info.oid() else {
            return Err(format!("type {} has no fixed OID", type_info.name()).into());
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

/// Writes a number over the four bytes that were reserved for it.
fn put(buffer: &mut PgArgumentBuffer, at: usize, number: i32) {
    if let Some(reserved) = buffer.get_mut(at..at + 4) {
        reserved.copy_from_slice(&number.to_be_bytes());
    }
}

/// JSON text for a `jsonb` column. It is sent unchanged, and the server checks it.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct JsonText<'a>(pub &'a str);

impl Type<Postgres> for JsonText<'_> {
    fn type_info() -> PgTypeInfo {
        <sqlx::types::JsonValue as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for JsonText<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // The version of the binary form of `jsonb`.
        buffer.push(1);
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}
