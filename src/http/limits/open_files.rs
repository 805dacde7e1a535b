//! Limits connections to what the open files of the process allow. A process that has no file
//! descriptor left can neither accept a connection nor reach its database.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::connections::OPERATOR_CONNECTIONS;
use crate::telemetry;

/// How many files are open besides connections: listeners, logs, files of the runtime.
const OTHERS: u64 = 64;

/// The smallest limit of connections, even if fewer files may be open.
const FEWEST: u64 = 16;

/// Raises the process's limit of open files as far as the process may. Returns how many of the
/// `wanted` connections fit into that limit beside `database` connections to the database.
pub fn most_connections(wanted: u32, database: u32) -> u32 {
    let Ok((now, most)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted };
    // If the limit cannot be raised, the current one applies.
    let files = setrlimit(Resource::RLIMIT_NOFILE, most, most).map_or(now, |()| most);
    let reserved =
        OTHERS + u64::try_from(OPERATOR_CONNECTIONS).unwrap_or(u64::MAX) + u64::from(database);
    let left = u32::try_from(files.saturating_sub(reserved).max(FEWEST)).unwrap_or(u32::MAX);
    if left < wanted {
        telemetry::connections_limited(left, wanted, files);
    }
    left.min(wanted)
}
