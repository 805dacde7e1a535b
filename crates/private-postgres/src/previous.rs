//! What an earlier service, which was killed, left behind on the same directory.
//!
//! Its guard tells its server to stop, but that takes a moment. Whether it is still there is not
//! guessed from process numbers: every program of ours that touches the data holds a lock on
//! `server.lock` through a handle it got from us, and the kernel ends the lock with the last of them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::error::{Attempt, Error};
use super::lock;
use super::patience::wait_for;
use super::pid_file::PidFile;
use super::state::State;

/// What is done, in turn, while an earlier server still runs: a signal, then waiting.
const STEPS: [(Option<&str>, Duration); 3] = [
    (None, Duration::from_secs(2)),
    // Its guard has usually done this already; once more changes nothing.
    (Some("INT"), Duration::from_secs(40)),
    (Some("QUIT"), Duration::from_secs(15)),
];

/// Waits until no earlier program of ours runs on the data, then holds `server.lock`.
///
/// The handle it gives must be passed to each program that touches the data.
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
        None => "still being made".to_owned(),
    };
    Err(Error::PreviousServer { data: state.data(), holder })
}

/// Waits until our own server, its children and its guard are all gone; tells whether they are.
pub(super) fn wait_until_gone(base: &Path, limit: Duration) -> Result<bool, Error> {
    let path = lock_path(base);
    let file = lock::open(&path)?;
    let gone = wait_for(limit, || Ok(lock::try_lock(&file, &path)?.then_some(())))?;
    Ok(gone.is_some())
}

/// Removes a `postmaster.pid` that outlived its server. After a power loss its number may belong to
/// another process, and the server would then refuse to start.
///
/// Only to be called while holding `server.lock`.
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

/// Sends as the server's user, never as root: the number comes from a file that user can write.
fn send(state: &State, signal: &str) -> Result<(), Error> {
    let Some(pid_file) = PidFile::read(&state.data())? else {
        return Ok(());
    };
    let shell = Path::new("/bin/sh");
    let mut command = state.account.command(shell);
    command.args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, &pid_file.process_id.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // That it fails when the server ends this very moment is not an error.
    command.status().attempt("run", shell).map(drop)
}
