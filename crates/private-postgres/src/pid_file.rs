//! `postmaster.pid`: the file in which a running server describes itself.
//!
//! Its lines: process id, data directory, start time, port, socket directory, listen address,
//! shared memory, status. The server writes them one after another while it starts.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use super::error::{Attempt, Error};

/// The content of a `postmaster.pid`.
#[derive(Debug)]
pub(super) struct PidFile {
    pub(super) path: PathBuf,
    pub(super) process_id: u32,
    socket: Option<PathBuf>,
    ready: bool,
}

impl PidFile {
    /// Reads the file in `data`. Returns `None` if there is no file, or no process id in it yet.
    pub(super) fn read(data: &Path) -> Result<Option<PidFile>, Error> {
        let path = data.join("postmaster.pid");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).attempt("read", &path),
        };
        Ok(PidFile::parse(path, &bytes))
    }

    fn parse(path: PathBuf, bytes: &[u8]) -> Option<PidFile> {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let text = |line: usize| {
            let bytes = lines.get(line)?;
            std::str::from_utf8(bytes).ok().map(str::trim)
        };
        let socket = match (text(3), lines.get(4)) {
            (Some(port), Some(directory)) if !port.is_empty() && !directory.is_empty() => {
                Some(Path::new(OsStr::from_bytes(directory)).join(format!(".s.PGSQL.{port}")))
            }
            _ => None,
        };
        Some(PidFile {
            path,
            process_id: text(0)?.parse().ok()?,
            socket,
            ready: text(7) == Some("ready"),
        })
    }

    /// Returns whether the server `process_id` says that it is ready, and its socket accepts
    /// connections.
    pub(super) fn is_ready(&self, process_id: u32) -> bool {
        self.process_id == process_id && self.ready && self.answers()
    }

    /// Returns whether a server runs on `data`, as far as another process can see.
    ///
    /// The process id alone proves nothing: after a power loss, another process may have it.
    pub(super) fn is_alive(&self, data: &Path) -> bool {
        // The working directory of a server is its data directory. Linux shows it even before the
        // socket is open.
        let working_directory = std::fs::read_link(format!("/proc/{}/cwd", self.process_id));
        working_directory.is_ok_and(|it| it == data) || self.answers()
    }

    fn answers(&self) -> bool {
        match &self.socket {
            Some(socket) => UnixStream::connect(socket).is_ok(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::PidFile;

    #[test]
    fn a_half_written_file_is_not_ready() {
        let whole = "4711\n/data\n1700000000\n5432\n/run/x\n\n  123  456\nready   \n";
        for length in 0..whole.len() {
            let part = whole.as_bytes().get(..length).unwrap_or_default();
            let read = PidFile::parse(PathBuf::new(), part);
            let ready = read.is_some_and(|it| it.ready);
            assert_eq!(ready, length >= whole.find("ready").unwrap_or(0) + 5, "{length}");
        }
    }

    #[test]
    fn port_and_directory_name_the_socket() {
        let text = b"4711\n/data\n1700000000\n5433\n/run/x\n\n  1  2\nstarting\n";
        let read = PidFile::parse(PathBuf::new(), text);
        let socket = read.and_then(|it| it.socket);
        assert_eq!(socket.as_deref(), Some(Path::new("/run/x/.s.PGSQL.5433")));
    }

    #[test]
    fn invalid_content_is_no_process() {
        assert!(PidFile::parse(PathBuf::new(), b"").is_none());
        assert!(PidFile::parse(PathBuf::new(), b"\xff\n\n").is_none());
        assert!(PidFile::parse(PathBuf::new(), b"-12\n").is_none());
    }
}
