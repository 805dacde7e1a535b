//! `deliveries why`: judges one kept delivery again, on the stored bytes alone, and explains its
//! verdict.

mod advice;
mod examine;
mod run;

pub(super) use run::why;
