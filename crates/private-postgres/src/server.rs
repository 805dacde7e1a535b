//! The embedded server: everything from finding its programs to its end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cluster::{self, WrittenBy};
use super::error::Error;
use super::guarded::Guarded;
use super::log_file::LogFile;
use super::patience::wait_for;
use super::pid_file::PidFile;
use super::previous;
use super::programs::Programs;
use super::settings::{Durability, Settings};
use super::socket::SocketDirectory;
use super::state::State;

/// A start takes a tenth of a second; recovery after a power loss may take much longer.
const READY: Duration = Duration::from_secs(300);

/// After the server's process has ended: its children and its guard.
const GONE: Duration = Duration::from_secs(10);

/// A private PostgreSQL at work. Stopped when dropped, and when this process ends, in any way.
#[derive(Debug)]
pub struct Server {
    process: Option<Guarded>,
    process_id: u32,
    programs: Programs,
    version: String,
    data: PathBuf,
    socket: SocketDirectory,
    log: LogFile,
    // Last, since fields end in this order: the directory is ours until the server is gone.
    state: State,
}

impl Server {
    /// Starts the server in `settings.directory` and waits until it is ready: about a tenth of a
    /// second, and some two seconds more the first time, when the data directory is made with the
    /// database `refund_inbox` in it. Blocks.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but [`Error::DoesNotStop`]; nothing is left running then.
    pub fn start(settings: &Settings) -> Result<Server, Error> {
        let state = State::open(&settings.directory)?;
        let lock = previous::claim(&state)?;
        let log = LogFile::open(&state.directory)?;
        let data = state.data();
        let written_by = WrittenBy::read(&data)?;
        let explicit = settings.programs.as_deref();
        let programs = Programs::find(explicit, &state.account, written_by.as_ref())?;
        cluster::ensure(&state, &programs, settings.durability, &lock, &log)?;
        previous::clear_pid_file(&data)?;
        let socket = SocketDirectory::prepare(&state)?;

        let program = programs.program("postgres");
        let arguments = arguments(settings.durability, &socket);
        let process = Guarded::start(&state.account, &program, &data, arguments, &lock, &log)?;
        // From here on it is held by the server alone, and free when the server is gone.
        drop(lock);
        let mut server = Server {
            process_id: process.process_id(),
            process: Some(process),
            version: programs.version.to_string(),
            programs,
            data,
            socket,
            log,
            state,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The URL of the database, for sqlx and psql: over the socket, as user `refund_inbox`.
    pub fn url(&self) -> String {
        self.socket.url()
    }

    /// The version of PostgreSQL that runs, e.g. `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The folder of the programs that run.
    pub fn programs_directory(&self) -> &Path {
        &self.programs.folder
    }

    /// The directory with the data. When we are root it may be outside the state directory.
    pub fn data_directory(&self) -> &Path {
        &self.data
    }

    /// The directory with the socket `.s.PGSQL.5432`.
    pub fn socket_directory(&self) -> &Path {
        self.socket.path()
    }

    /// The file with everything the server says.
    pub fn log_file(&self) -> &Path {
        self.log.path()
    }

    /// The server's main process.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Whether the server has ended by itself; then what it said last. Does not block.
    pub fn has_ended(&mut self) -> Option<String> {
        self.still_runs().err().map(|error| error.to_string())
    }

    /// Stops the server: open sessions are ended, everything is written to its files. Blocks until
    /// no process of it is left, normally for a tenth of a second.
    ///
    /// # Errors
    ///
    /// [`Error::EndedByItself`] when it was not running any more, [`Error::DoesNotStop`] when it
    /// withstood even the last means.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let ready = wait_for(READY, || {
            self.still_runs()?;
            let pid_file = PidFile::read(&self.data)?;
            Ok(pid_file.filter(|it| it.is_ready(self.process_id)))
        })?;
        match ready {
            Some(_) => Ok(()),
            None => {
                Err(Error::NotReady { seconds: READY.as_secs(), log: self.log.path().to_owned() })
            }
        }
    }

    fn still_runs(&mut self) -> Result<(), Error> {
        let ended = match &mut self.process {
            Some(process) => process.ended()?,
            None => None,
        };
        match ended {
            None => Ok(()),
            Some(status) => Err(Error::EndedByItself {
                status,
                said: self.log.last_words(),
                log: self.log.path().to_owned(),
            }),
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        let ran = self.still_runs();
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        process.stop()?;
        if !previous::wait_until_gone(&self.state.base, GONE)? {
            return Err(Error::DoesNotStop { process_id: self.process_id });
        }
        self.socket.clean_up();
        ran
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is left to tell; `stop` is there for those who want to know.
        let _ = self.end();
    }
}

/// What the server is told on its command line, which outranks its configuration files.
fn arguments(durability: Durability, socket: &SocketDirectory) -> Vec<String> {
    let directory = format!("unix_socket_directories={}", socket.path().display());
    let fixed = [
        // No network: the socket is the only way in, for its user and root.
        "listen_addresses=",
        "port=5432",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "timezone=UTC",
        "log_timezone=UTC",
        // Everything to standard error, which is our log file; and no hourly chatter.
        "log_destination=stderr",
        "logging_collector=off",
        "log_checkpoints=off",
    ];
    let settings = fixed.into_iter().chain(durability.server_settings()).map(str::to_owned);
    settings.chain([directory]).flat_map(|it| ["-c".to_owned(), it]).collect()
}
