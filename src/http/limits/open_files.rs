//! How many connections there are files for. A process without any can neither accept nor reach its
//! database, so connections are limited before that.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::http::listen::OPERATOR_CONNECTIONS;
use crate::telemetry;

/// Files that are open besides connections: listeners, logs, the runtime's.
const OTHERS: u64 = 64;

/// The fewest connections, whatever the limit of files.
const FEWEST: u64 = 16;

/// Raises the process's limit of open files as far as it may, and returns how many connections of
/// the `wanted` ones it leaves room for beside `database` ones.
pub fn most_connections(wanted: u32, database: u32) -> u32 {
    let Ok((now, most)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted };
    // What was not raised is the limit that holds.
    let files = setrlimit(Resource::RLIMIT_NOFILE, most, most).map_or(now, |()| most);
    let others =
        OTHERS + u64::try_from(OPERATOR_CONNECTIONS).unwrap_or(u64::MAX) + u64::from(database);
    let left = u32::try_from(files.saturating_sub(others).max(FEWEST)).unwrap_or(u32::MAX);
    if left < wanted {
        telemetry::connections_limited(left, wanted, files);
    }
    left.min(wanted)
}
