//! The server's log: the standard output and standard error of its programs.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::{Attempt, Error};

/// A log above this size is moved to `server.log.1` at the next start.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// How many bytes at the end are searched for the last line.
const TAIL_BYTES: u64 = 8 * 1024;

/// `server.log` in the state directory.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    /// The offset at which the lines of this run begin.
    begin: u64,
}

impl LogFile {
    /// Opens the log in `directory`. Moves it to `server.log.1` first if it is too large.
    pub(super) fn open(directory: &Path) -> Result<LogFile, Error> {
        let path = directory.join("server.log");
        if std::fs::metadata(&path).is_ok_and(|it| it.len() > MAX_BYTES) {
            let aside = directory.join("server.log.1");
            std::fs::rename(&path, &aside).attempt("rename", &path)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let file = options.open(&path).attempt("open", &path)?;
        let begin = file.metadata().attempt("inspect", &path)?.len();
        Ok(LogFile { path, file, begin })
    }

    /// Returns the path of the log.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a handle for a program to write to. The program needs no permission on the file.
    pub(super) fn handle(&self) -> Result<File, Error> {
        self.file.try_clone().attempt("open", &self.path)
    }

    /// Returns the last line that says why a program failed, for an error message.
    pub(super) fn last_reason(&self) -> String {
        let text = self.tail().unwrap_or_default();
        let mut lines = text.lines().rev().map(str::trim).filter(|it| !it.is_empty());
        let last = lines.clone().next();
        // Lines after the reason only say that the server ended.
        let reason =
            lines.find(|it| ["FATAL:", "PANIC:", "error:"].iter().any(|word| it.contains(word)));
        reason.or(last).unwrap_or("no output").to_owned()
    }

    fn tail(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let start = file.metadata()?.len().saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start.max(self.begin)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
