//! What a refund is, whoever tells of it: events, states, money, and the fold from one to the other.
//!
//! Pure: no clock, no input or output. Providers turn their words into [`RefundEvent`]s;
//! [`fold`](fold::fold) turns a set of them into a [`RefundState`].

pub mod effect;
pub mod event;
pub mod facts;
pub mod flag;
pub mod fold;
pub mod money;
pub mod rank;
pub mod running_total;
pub mod status;

pub use effect::Effect;
pub use event::{Authenticity, EventDigest, Payload, RefundEvent, RefundKey};
pub use facts::Facts;
pub use flag::Flag;
pub use fold::{RefundState, fold};
pub use money::{AmountError, Currency, Money};
pub use status::RefundStatus;
