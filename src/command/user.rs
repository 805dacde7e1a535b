//! Who runs the command, and what they do, for the audit.

use nix::unistd::{Uid, User};

use super::Failure;
use crate::clock::Clock;
use crate::store::{Action, Deed, Store, StoreErrorKind};

/// The interface that the audit names.
pub(super) const VIA: &str = "command line";

/// Why something that the audit notes is not done on a standby.
const READ_ONLY: &str = "the audit must note who does this, and the database is read-only: use a \
     [database].url of the primary";

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
    let noted = store.note(&Deed { at, who: &who, via: VIA, action, subject, detail }).await;
    noted.map_err(|error| match error.kind() {
        StoreErrorKind::ReadOnly => Failure::Other(READ_ONLY.to_owned()),
        StoreErrorKind::Unreachable
        | StoreErrorKind::Repeated
        | StoreErrorKind::Contention
        | StoreErrorKind::Timeout
        | StoreErrorKind::Exhausted
        | StoreErrorKind::Content
        | StoreErrorKind::Corrupt
        | StoreErrorKind::Superseded
        | StoreErrorKind::Rejected => error.into(),
    })
}
