//! Who runs the command, and what they do, for the audit.

use std::io::Write as _;

use nix::unistd::{Uid, User};

use super::Failure;
use crate::clock::Clock;
use crate::store::{Action, Deed, Store, StoreErrorKind};

/// The interface that the audit names.
pub(super) const VIA: &str = "command line";

/// Why something that the audit notes is not done on a standby, or by a user who may only read.
const READ_ONLY: &str = "the audit must note who does this, and the database is read-only for us: \
     use a [database].url of the primary, with a user who may write";

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

/// Notes like [`note`] that the user sees bodies or headers. If that is not possible, because the
/// database is read-only for us, says on standard error that they are not shown, and returns false.
pub(super) async fn may_see(store: &Store, subject: &str, detail: &str) -> Result<bool, Failure> {
    match note(store, Action::ShowBody, subject, detail).await {
        Ok(()) => Ok(true),
        Err(Failure::Other(why)) if why == READ_ONLY => {
            // If standard error is closed, nobody reads it.
            let _ =
                writeln!(std::io::stderr(), "refund-inbox: headers and body are not shown: {why}");
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}
