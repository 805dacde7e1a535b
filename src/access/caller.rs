//! A caller, and what it may do.

use super::Refusal;
use crate::config::Role;

/// An identified caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name of the token's holder, the person's name from the login proxy, or `loopback`. The
    /// audit names it.
    pub name: String,
    /// What the caller may do.
    pub role: Role,
    /// The interface of this request. The audit names it.
    pub via: Interface,
    /// Whether `[operator] actions` is on.
    pub actions: bool,
}

/// The interface through which a caller works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The HTTP API.
    Api,
    /// The console.
    Console,
}

impl Interface {
    /// Returns the word in the audit.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Console => "console",
        }
    }
}

/// Something that not every caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See bodies, header values and signed texts.
    SeeBodies,
    /// Replay, resolve, dismiss and note.
    Act,
}

impl Caller {
    /// Returns whether the caller may do this.
    pub fn may(&self, what: Permission) -> bool {
        self.require(what).is_ok()
    }

    /// Requires that the caller may do this.
    ///
    /// # Errors
    ///
    /// A refusal whose sentence says what is missing.
    pub fn require(&self, what: Permission) -> Result<(), Refusal> {
        let needed = match what {
            Permission::SeeBodies => Role::Auditor,
            Permission::Act => Role::Operator,
        };
        if self.role < needed {
            return Err(Refusal::RoleTooLow { has: self.role, needed });
        }
        match (what, self.actions) {
            (Permission::SeeBodies, _) | (Permission::Act, true) => Ok(()),
            (Permission::Act, false) => Err(Refusal::ActionsOff),
        }
    }
}
