//! Log lines and metrics of the database: which server is in use, and whether commits succeed.

use ::metrics::{counter, gauge};
use tracing::{error, info, warn};

use super::metrics::{DATABASE_CHANGES, READY};

/// Shows the answer of `/readyz`.
pub fn readiness(is_ready: bool) {
    gauge!(READY).set(if is_ready { 1.0 } else { 0.0 });
}

/// Records that the answer of `/readyz` changed. `problem` says why commits fail; `None` means
/// that they succeed.
pub fn readiness_changed(problem: Option<&str>) {
    match problem {
        None => info!("ready: commits succeed"),
        Some(problem) => error!(problem, "not ready: commits fail"),
    }
}

/// Records that the store switched from one server of the database URL to another.
pub fn database_server_changed(from: &str, to: &str) {
    counter!(DATABASE_CHANGES).increment(1);
    warn!(from, to, "switched to another database server");
}
