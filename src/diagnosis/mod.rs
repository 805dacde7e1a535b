//! Why a kept delivery has its verdict. A delivery is judged again on the stored bytes alone, with
//! every key that is configured, and the result ends in one sentence that says what to do.
//!
//! Nothing here prints, writes or sends. The command `deliveries why`, the API and the console show
//! one [`Diagnosis`]; [`Diagnosis::for_viewer`] is what somebody may see who sees no bodies.

mod advice;
mod case;
mod cause;
mod changes;
mod diagnose;
mod earlier;
mod examine;
mod findings;
mod fit;
mod json_layout;
mod of_refusal;
mod signed_text;
mod steps;

pub use case::Case;
pub use diagnose::diagnose;
pub use earlier::removed_keys;
pub use findings::{Diagnosis, FittingAccount, Judged, RemovedKey};
pub use fit::{Fit, fit};
pub use signed_text::SignedText;
