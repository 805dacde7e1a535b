//! Times on the command line.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::command::Failure;

/// Parses the time that an option gives.
pub(in crate::command) fn time(
    option: &str,
    text: Option<&str>,
) -> Result<Option<OffsetDateTime>, Failure> {
    let Some(text) = text else { return Ok(None) };
    OffsetDateTime::parse(text, &Rfc3339).map(Some).map_err(|_| {
        let message = format!("{option}: expected a time like 2026-11-22T09:30:00Z");
        Failure::Usage(format!("{message}, found {text:?}"))
    })
}
