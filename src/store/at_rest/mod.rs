//! Encryption at rest: seals the bodies and headers of deliveries, and opens them.
//!
//! Each month has a data key. The configured keys wrap it, and only the wrapped form is stored, so a
//! copy of the database opens nothing. A delivery is sealed before it is queued, never in the
//! transaction that records it. `content` has the stored form, `ring` the keys in memory, `table` those
//! in the database; `seal` and `open` join them.

mod content;
mod open;
mod ring;
mod seal;
mod search;
mod table;

pub(in crate::store) use open::{Kept, Opened};
pub(in crate::store) use ring::KeyRing;
pub(in crate::store) use search::sealed_with;
