//! The server's log: everything its programs write to standard output and error.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::{Attempt, Error};

/// Over this size the log is put aside at the next start, in place of the one put aside before.
const LARGEST: u64 = 8 * 1024 * 1024;

/// How much of the end is read when looking for the last line.
const TAIL: u64 = 8 * 1024;

/// `server.log` in the state directory.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    /// Where this run's lines begin.
    begin: u64,
}

impl LogFile {
    /// Opens the log in `directory`, putting it aside as `server.log.1` when it has grown large.
    pub(super) fn open(directory: &Path) -> Result<LogFile, Error> {
        let path = directory.join("server.log");
        if std::fs::metadata(&path).is_ok_and(|it| it.len() > LARGEST) {
            let aside = directory.join("server.log.1");
            std::fs::rename(&path, &aside).attempt("put aside", &path)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let file = options.open(&path).attempt("open", &path)?;
        let begin = file.metadata().attempt("look at", &path)?.len();
        Ok(LogFile { path, file, begin })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A handle for a program to write to. The program needs no permission on the file itself.
    pub(super) fn handle(&self) -> Result<File, Error> {
        self.file.try_clone().attempt("open", &self.path)
    }

    /// The last line that tells why a program gave up, for an error message of ours.
    pub(super) fn last_words(&self) -> String {
        let text = self.tail().unwrap_or_default();
        let mut lines = text.lines().rev().map(str::trim).filter(|it| !it.is_empty());
        let last = lines.clone().next();
        // What is logged after the reason only tells that the server then ended.
        let telling =
            lines.find(|it| ["FATAL:", "PANIC:", "error:"].iter().any(|word| it.contains(word)));
        telling.or(last).unwrap_or("it said nothing").to_owned()
    }

    fn tail(&self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let start = file.metadata()?.len().saturating_sub(TAIL);
        file.seek(SeekFrom::Start(start.max(self.begin)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
