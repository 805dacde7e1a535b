//! The server's Unix socket, in a directory that only the server's user and root can enter.
//!
//! There are no passwords: the directory keeps other users of the machine out.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::{Attempt, Error};
use super::path_id::path_id;
use super::state::State;

/// The kernel's limit for the path of a socket, without its closing zero.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The name that the server gives its socket. The number is not used as a port.
const SOCKET: &str = ".s.PGSQL.5432";

/// A private directory for the socket.
#[derive(Debug)]
pub(super) struct SocketDirectory {
    path: PathBuf,
    temporary: bool,
    database: String,
}

impl SocketDirectory {
    /// Creates it in the state directory; or in the system's temporary directory, if that path is
    /// too long for a socket or has characters that the server cannot parse.
    pub(super) fn prepare(state: &State) -> Result<SocketDirectory, Error> {
        let temporary = state.name.temporary(&path_id(&state.base));
        let candidates = [
            (state.base.join("socket"), false),
            (std::env::temp_dir().join(&temporary), true),
            (Path::new("/tmp").join(&temporary), true),
        ];
        let mut tried = Vec::new();
        for (path, temporary) in candidates {
            match prepare(&path, &state.account)? {
                Fitness::Good => {
                    let database = state.name.database();
                    return Ok(SocketDirectory { path, temporary, database });
                }
                Fitness::Bad(why) => tried.push(format!("{} {why}", path.display())),
            }
        }
        Err(Error::NoSocketDirectory { tried: tried.join("; ") })
    }

    /// Returns its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it if it is not in the state directory.
    pub(super) fn clean_up(&self) {
        if self.temporary {
            // If removing fails, the next start uses it again.
            let _ = std::fs::remove_dir(&self.path);
        }
    }

    /// Returns the URL for a client: libpq, psql and sqlx take the host parameter for a socket
    /// directory.
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
        // Port and TLS mode are explicit, so that PGPORT and PGSSLMODE have no effect.
        let name = &self.database;
        format!("postgres:///{name}?host={host}&port=5432&user={name}&sslmode=disable")
    }
}

/// Whether a directory is usable for the socket.
enum Fitness {
    Good,
    Bad(&'static str),
}

fn prepare(path: &Path, account: &Account) -> Result<Fitness, Error> {
    if path.join(SOCKET).as_os_str().len() > LONGEST_PATH {
        return Ok(Fitness::Bad("is too long for the path of a socket"));
    }
    // The server parses a list of directories, in which a comma or a quote has a meaning.
    if !path.to_str().is_some_and(|it| it.starts_with('/') && !it.contains([',', '"'])) {
        return Ok(Fitness::Bad("has characters that the server cannot parse"));
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => account.give(path)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(_) => return Ok(Fitness::Bad("cannot be created")),
    }
    // It may have existed before, created by any user: all users may write a temporary directory.
    let found = std::fs::symlink_metadata(path).attempt("inspect", path)?;
    if !found.is_dir() || !account.is(found.uid()) || found.mode() & 0o077 != 0 {
        return Ok(Fitness::Bad("is not private to the server's user"));
    }
    if account.is_another() && !account.can_enter(path)? {
        return Ok(Fitness::Bad("cannot be entered by the server's user"));
    }
    // The socket of a server that was killed. Its lock file may contain the id of another process.
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
