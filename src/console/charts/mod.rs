//! Charts, which the server draws as SVG. Colours are classes of the style sheet. What a chart shows
//! is also in a table beside it. All numbers are whole.

mod bars;
mod columns;
mod counts;
mod spans;

pub(super) use bars::bars;
pub(super) use columns::columns;
pub(super) use counts::Counts;
pub(super) use spans::Spans;
