//! Who runs the command, and what they do, for the audit.

use nix::unistd::{Uid, User};

use super::Failure;
use crate::clock::Clock;
use crate::store::{Action, Deed, Store};

/// The interface that the audit names.
pub(super) const VIA: &str = "command line";

/// Returns the name of the user of this process, or its number if it has no name.
pub(super) fn name() -> String {
    let id = Uid::current();
    let user = User::from_uid(id).ok().flatten();
    user.map_or_else(|| format!("uid {id}"), |user| user.name)
}

/// Adds a row to the audit: the user did this to `subject`. `detail` says why, or how.
pub(super) async fn note(
    store: &Store,
    action: Action,
    subject: &str,
    detail: &str,
) -> Result<(), Failure> {
    let (at, who) = (Clock::System.now(), name());
    Ok(store.note(&Deed { at, who: &who, via: VIA, action, subject, detail }).await?)
}
