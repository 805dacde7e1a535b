//! What every provider fulfils, and the types on a delivery's way from bytes to an answer.

pub mod acknowledgement;
mod delivery;
mod judgement;
mod meaning;
mod outcome;
mod refusal;
mod reply;
pub mod settings;
pub mod simulation;
mod unreadable;

use std::fmt;

pub use delivery::{Authentic, Delivery};
pub use judgement::{Judgement, judge};
pub use meaning::{Meaning, Notice};
pub use outcome::{Answer, Outcome, Verdict};
pub use refusal::{NotAuthentic, Refusal};
pub use reply::Reply;
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

    /// Returns the bytes of `answer` to `delivery`, in the provider's own words.
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply;

    /// The keys that verify for this account, newest first.
    fn keys(&self) -> Vec<KeyDescription>;

    /// Plays the provider: makes and signs a notification for this account.
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError>;
}
