//! The payment providers: one folder each, the same inner files in each, nothing shared but the
//! shape that [`Provider`] and the types beside it give.
//!
//! Pure: bytes, headers, keys and the time of receipt in; values out. `docs/providers/` has a page
//! for each.

pub mod acknowledgement;
pub mod alipay;
pub mod antom;
mod content_type;
mod delivery;
pub mod eftpay;
pub mod fields;
pub mod freshness;
pub mod headers;
mod judgement;
pub mod nomad;
mod notice;
mod outcome;
pub mod paycools;
mod refusal;
pub mod registry;
pub mod settings;
pub mod simulation;
mod unreadable;
pub mod wechatpay;

use std::fmt;

pub use delivery::{Authentic, Delivery};
pub use judgement::{Judgement, judge};
pub use notice::Notice;
pub use outcome::{Outcome, Reply};
pub use refusal::{NotAuthentic, Refusal};
pub use settings::{KeyDescription, Settings, SettingsError};
pub use unreadable::{Problem, Unreadable};

use simulation::{Simulated, SimulationError, SimulationOrder};

/// A provider as one account has it: its dialect, with the account's keys and settings.
///
/// No method has a default: whoever adds a provider decides each of them.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Decides over the bytes that arrived whether this provider sent them to this account.
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic>;

    /// Puts what was authenticated into our words. An error keeps the delivery for repair; it
    /// never costs the provider's trust, for sending the same again would not help.
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable>;

    /// Words the answer to `delivery`, told nothing but what came of it.
    fn reply(&self, delivery: &Delivery<'_>, outcome: Outcome) -> Reply;

    /// The keys that verify for this account, newest first.
    fn keys(&self) -> Vec<KeyDescription>;

    /// Plays the provider: makes and signs a notification for this account.
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError>;
}
