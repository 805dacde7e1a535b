//! What can be asked, in words: the filters of every list and report, as options of a command or as
//! parameters of a URL. Reading them is pure. A [`Mistake`] says which word is wrong and what was
//! expected.

mod accounts;
mod deliveries;
mod mistake;
mod note;
mod page;
mod parameters;
mod refunds;
mod reports;
mod times;
mod words;

pub use accounts::{require_account, require_provider};
pub use deliveries::DeliveriesFilter;
pub use mistake::Mistake;
pub use note::{LONGEST_NOTE, require_note};
pub use page::{AMOUNT, Asked, PageWords};
pub use parameters::parameters;
pub use refunds::RefundsFilter;
pub use reports::ReportFilter;
pub use times::Times;
pub use words::Words;
