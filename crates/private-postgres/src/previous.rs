//! Waits for the server of an earlier process that was killed while it used the same directory.
//!
//! The guard of that server stops it, which takes a moment. Process ids do not show reliably
//! whether it has ended. So every program that this crate starts on the data inherits a handle that
//! locks `server.lock`, and the kernel releases the lock when the last of them ends.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::error::{Attempt, Error};
use super::lock;
use super::patience::wait_for;
use super::pid_file::PidFile;
use super::state::State;

/// The signals that stop an earlier server, and how long to wait after each.
const STEPS: [(Option<&str>, Duration); 3] = [
    (None, Duration::from_secs(2)),
    // Its guard has usually sent this signal already. Sending it again changes nothing.
    (Some("INT"), Duration::from_secs(40)),
    (Some("QUIT"), Duration::from_secs(15)),
];

/// Waits until no earlier program runs on the data, then locks `server.lock`.
///
/// Returns the locked handle, which each program that uses the data must inherit.
pub(super) fn claim(state: &State) -> Result<File, Error> {
    let path = lock_path(&state.base);
    let file = lock::open(&path)?;
    for (signal, limit) in STEPS {
        if let Some(signal) = signal {
            send(state, signal)?;
        }
        if wait_for(limit, || Ok(lock::try_lock(&file, &path)?.then_some(())))?.is_some() {
            return Ok(file);
        }
    }
    let holder = match PidFile::read(&state.data())? {
        Some(pid_file) => format!("process {}", pid_file.process_id),
        None => "which is still starting".to_owned(),
    };
    Err(Error::PreviousServer { data: state.data(), holder })
}

/// Waits until the server, its children and its guard have ended. Returns whether they have.
pub(super) fn wait_until_gone(base: &Path, limit: Duration) -> Result<bool, Error> {
    let path = lock_path(base);
    let file = lock::open(&path)?;
    let gone = wait_for(limit, || Ok(lock::try_lock(&file, &path)?.then_some(())))?;
    Ok(gone.is_some())
}

/// Removes a `postmaster.pid` that outlived its server. After a power loss, its process id may
/// belong to another process, and then the server would refuse to start.
///
/// Call it only while holding `server.lock`.
pub(super) fn clear_pid_file(data: &Path) -> Result<(), Error> {
    let Some(pid_file) = PidFile::read(data)? else {
        return Ok(());
    };
    if pid_file.is_alive(data) {
        return Err(Error::ForeignServer {
            data: data.to_owned(),
            process_id: pid_file.process_id,
        });
    }
    std::fs::remove_file(&pid_file.path).attempt("remove", &pid_file.path)
}

fn lock_path(base: &Path) -> PathBuf {
    base.join("server.lock")
}

/// Sends a signal as the server's user, never as root, because that user can write the file that
/// contains the process id.
fn send(state: &State, signal: &str) -> Result<(), Error> {
    let Some(pid_file) = PidFile::read(&state.data())? else {
        return Ok(());
    };
    let shell = Path::new("/bin/sh");
    let mut command = state.account.command(shell);
    command.args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &pid_file.process_id.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // It fails if the server ends at this moment, which is not an error.
    command.status().attempt("run", shell).map(drop)
}
