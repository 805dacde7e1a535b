//! Refunds of all providers: events, states, money, and the fold from events to a state.
//!
//! Providers turn their messages into [`RefundEvent`]s. [`fold`](fold::fold) turns a set of events
//! into a [`RefundState`].

pub mod effect;
pub mod event;
pub mod facts;
pub mod field;
pub mod flag;
mod flags;
pub mod fold;
pub mod money;
pub mod rank;
pub mod running_total;
pub mod state;
pub mod status;
pub mod unread;

pub use effect::Effect;
pub use event::{Authenticity, EventDigest, Payload, RefundEvent, RefundKey};
pub use facts::{FactFields, Facts};
pub use field::Field;
pub use flag::Flag;
pub use fold::fold;
pub use money::{AmountError, Currency, Money};
pub use state::RefundState;
pub use status::RefundStatus;
pub use unread::Unread;
