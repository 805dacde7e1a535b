//! What every provider implements: one trait for each file of its folder.
//!
//! No method has a default, so that the author of a provider decides each of them.

use std::fmt;

use super::simulation::{Simulated, SimulationError, SimulationOrder};
use super::{
    Answer, Authentic, Delivery, Explanation, KeyDescription, NotAuthentic, Notice, Reply,
    Unreadable,
};

/// `authenticate.rs`: verifies a delivery.
pub trait Authenticate {
    /// Verifies over the bytes that arrived that this provider sent them to this account, and
    /// returns the content with the proof.
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic>;
}

/// `explain.rs`: says what is verified.
pub trait Explain {
    /// Returns what a delivery presents and what is compared with it, for people who ask why it was
    /// refused. It contains no secret, and reads a damaged delivery as far as possible.
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation;
}

/// `normalize.rs`: reads an authentic message.
pub trait Normalize {
    /// Turns an authentic message into refund events. An error keeps the delivery for repair; the
    /// provider still gets an acknowledgement, because sending the same bytes again does not help.
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable>;
}

/// `reply.rs`: writes the replies.
pub trait Respond {
    /// Returns the bytes of `answer` to `delivery`, in the provider's own words.
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply;
}

/// `mod.rs`: names the keys.
pub trait Keys {
    /// Returns the keys that verify for this account, newest first.
    fn keys(&self) -> Vec<KeyDescription>;
}

/// `simulate.rs`: plays the provider.
pub trait Simulate {
    /// Makes and signs a notification for this account, as the provider would.
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError>;
}

/// A provider with the keys and settings of one account. Every type that implements the traits
/// of the six files is a provider.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Verifies a delivery: see [`Authenticate`].
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic>;

    /// Says what is verified: see [`Explain`].
    fn explain(&self, delivery: &Delivery<'_>) -> Explanation;

    /// Reads an authentic message: see [`Normalize`].
    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable>;

    /// Writes a reply: see [`Respond`].
    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply;

    /// Names the keys: see [`Keys`].
    fn keys(&self) -> Vec<KeyDescription>;

    /// Makes a notification: see [`Simulate`].
    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError>;
}

impl<T> Provider for T
where
    T: Authenticate + Explain + Normalize + Respond + Keys + Simulate + fmt::Debug + Send + Sync,
{
    fn authenticate<'d>(&self, delivery: &Delivery<'d>) -> Result<Authentic<'d>, NotAuthentic> {
        Authenticate::authenticate(self, delivery)
    }

    fn explain(&self, delivery: &Delivery<'_>) -> Explanation {
        Explain::explain(self, delivery)
    }

    fn normalize(&self, authentic: &Authentic<'_>) -> Result<Notice, Unreadable> {
        Normalize::normalize(self, authentic)
    }

    fn reply(&self, delivery: &Delivery<'_>, answer: Answer) -> Reply {
        Respond::reply(self, delivery, answer)
    }

    fn keys(&self) -> Vec<KeyDescription> {
        Keys::keys(self)
    }

    fn simulate(&self, order: &SimulationOrder<'_>) -> Result<Simulated, SimulationError> {
        Simulate::simulate(self, order)
    }
}
