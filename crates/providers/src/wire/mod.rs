//! Readers of bytes from unknown senders. They are strict, bounded and total: every input gives a
//! value or an error and never a panic. They merge, drop and reinterpret nothing.

pub mod byte_order_mark;
pub mod canonical;
pub mod charset;
pub mod document;
pub mod form;
pub mod json;
mod json_text;
pub mod payload;
pub mod percent;
mod repeated_names;
pub mod times;
pub mod white_space;
pub mod xml;
