//! Tables that fit the width of the terminal. Ids are shortened, empty columns are left out, the
//! least important columns are left out or go below their rows, and at last long texts are broken into
//! lines. A time, a number, an id and a heading are never broken.
//!
//! - `rows`, `cell` and `column`: what a table is made of;
//! - `layout`: which columns are shown, and how wide;
//! - `lines`: the lines of the rows;
//! - `wrap`: breaks text into lines.

mod cell;
mod column;
mod layout;
mod lines;
mod rows;
mod wrap;

pub(in crate::command) use cell::{Cell, Tone};
pub(in crate::command) use column::TableColumn;
pub(in crate::command) use rows::Table;
pub(super) use wrap::wrapped;
