//! Where the server listens: one Unix socket in a directory only its user and root can enter.
//!
//! There are no passwords; that directory is what keeps other users of the machine out.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::cluster::NAME;
use super::error::{Attempt, Error};
use super::path_id::path_id;
use super::state::State;

/// The kernel's limit for a socket's path, its closing zero not counted.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The name the server gives its socket; the number is never used as a port.
const SOCKET: &str = ".s.PGSQL.5432";

/// A private directory with room for the socket.
#[derive(Debug)]
pub(super) struct SocketDirectory {
    path: PathBuf,
    temporary: bool,
}

impl SocketDirectory {
    /// Makes it: in the state directory, or under the system's temporary directory when that path
    /// is too long for a socket or has characters the server cannot be told.
    pub(super) fn prepare(state: &State) -> Result<SocketDirectory, Error> {
        let temporary = format!("refund-inbox-{}", path_id(&state.base));
        let candidates = [
            (state.base.join("socket"), false),
            (std::env::temp_dir().join(&temporary), true),
            (Path::new("/tmp").join(&temporary), true),
        ];
        let mut tried = Vec::new();
        for (path, temporary) in candidates {
            match prepare(&path, &state.account)? {
                Fitness::Good => return Ok(SocketDirectory { path, temporary }),
                Fitness::Bad(why) => tried.push(format!("{} {why}", path.display())),
            }
        }
        Err(Error::NoSocketDirectory { tried: tried.join("; ") })
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it when it is not in the state directory: nobody else would.
    pub(super) fn clean_up(&self) {
        if self.temporary {
            // Left behind it does no harm, and the next start uses it again.
            let _ = std::fs::remove_dir(&self.path);
        }
    }

    /// The URL for a client: psql, libpq and sqlx read the host parameter as a socket directory.
    pub(super) fn url(&self) -> String {
        let mut host = String::new();
        for byte in self.path.as_os_str().as_bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    host.push(char::from(*byte));
                }
                other => host.push_str(&format!("%{other:02X}")),
            }
        }
        // Port and TLS mode are named so that no PGPORT or PGSSLMODE in the environment counts.
        format!("postgres:///{NAME}?host={host}&port=5432&user={NAME}&sslmode=disable")
    }
}

/// Whether a directory will do for the socket.
enum Fitness {
    Good,
    Bad(&'static str),
}

fn prepare(path: &Path, account: &Account) -> Result<Fitness, Error> {
    if path.join(SOCKET).as_os_str().len() > LONGEST_PATH {
        return Ok(Fitness::Bad("is too long a path for a socket"));
    }
    // The server takes a list of directories: a comma or a quote would be read as part of the list.
    if !path.to_str().is_some_and(|it| it.starts_with('/') && !it.contains([',', '"'])) {
        return Ok(Fitness::Bad("has characters that the server cannot be told"));
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.give(path)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(_) => return Ok(Fitness::Bad("cannot be made")),
    }
    // It may have been there before, made by anybody: in a temporary directory all may write.
    let found = std::fs::symlink_metadata(path).attempt("look at", path)?;
    if !found.is_dir() || !account.is(found.uid()) || found.mode() & 0o077 != 0 {
        return Ok(Fitness::Bad("is not private to the server's user"));
    }
    if account.is_another() && !account.can_enter(path)? {
        return Ok(Fitness::Bad("cannot be entered by the server's user"));
    }
    // A socket of a server that was killed; its lock file may name a process that is another now.
    for name in [SOCKET.to_owned(), format!("{SOCKET}.lock")] {
        let stale = path.join(name);
        match std::fs::remove_file(&stale) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).attempt("remove", &stale),
        }
    }
    Ok(Fitness::Good)
}
