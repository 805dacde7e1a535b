//! Who runs the command, for the audit.

use nix::unistd::{Uid, User};

/// The interface that the audit names.
pub(super) const VIA: &str = "command line";

/// Returns the name of the user of this process, or its number if it has no name.
pub(super) fn name() -> String {
    let id = Uid::current();
    let user = User::from_uid(id).ok().flatten();
    user.map_or_else(|| format!("uid {id}"), |user| user.name)
}
