//! `refunds show`: prints one refund with all its columns.

use crate::command::Failure;
use crate::command::terminal::output::{self, plain};
use crate::store::Row;

pub(super) fn show(refund: &Row, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(refund);
    }
    let rows = refund.0.iter().filter(|(_, value)| !value.is_null());
    output::table(["column", "value"], rows.map(|(name, value)| [name.clone(), plain(value)]))?;
    output::line("")
}
