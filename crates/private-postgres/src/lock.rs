//! The lock on the state directory: only one process may use it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use super::error::{Attempt, Error};
use super::patience::wait_for;

/// How long to wait for a process that is just ending or was just killed.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The right to use a directory. It ends when it is dropped, and when this process ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Locks `directory` for this process. Fails with [`Error::InUse`] if another process has it.
    pub(super) fn take(directory: &Path) -> Result<Lock, Error> {
        let path = directory.join("lock");
        let mut file = open(&path)?;
        if wait_for(TIMEOUT, || Ok(try_lock(&file, &path)?.then_some(())))?.is_none() {
            return Err(Error::InUse {
                directory: directory.to_owned(),
                holder: holder(&mut file),
            });
        }
        file.set_len(0).attempt("write", &path)?;
        writeln!(file, "{}", std::process::id()).attempt("write", &path)?;
        Ok(Lock { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file does not unlock it while a child that another thread is starting has
        // inherited it. If unlocking fails, the lock ends with the process.
        let _ = self.file.unlock();
    }
}

/// Opens a file to lock, and creates it if it is missing. The file is private, because a user who
/// can open it can lock it.
pub(super) fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).attempt("open", path)
}

/// Locks `file` unless another process has locked it. Returns whether it did.
pub(super) fn try_lock(file: &File, path: &Path) -> Result<bool, Error> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error).attempt("lock", path),
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    match (read, text.trim().parse::<u32>()) {
        (Ok(_), Ok(process_id)) => format!("process {process_id}"),
        // It has the lock, and has not yet written its process id.
        _ => "which is starting".to_owned(),
    }
}
