//! Readers of bytes that anybody may have sent. They are strict, bounded and total: an answer or
//! an error for every input, never a panic, and nothing is merged, dropped or reinterpreted.

pub mod canonical;
pub mod charset;
pub mod form;
pub mod json;
pub mod payload;
pub mod percent;
pub mod times;
pub mod xml;
