//! The server: starts it, waits until it is ready, and stops it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::cluster;
use super::error::Error;
use super::guarded::Guarded;
use super::log_file::LogFile;
use super::patience::wait_for;
use super::pid_file::PidFile;
use super::previous;
use super::programs::Programs;
use super::settings::Settings;
use super::socket::SocketDirectory;
use super::state::State;
use super::version::WrittenBy;

/// The timeout of a start. It takes a tenth of a second, and much longer if the server must recover
/// after a power loss.
const START_TIMEOUT: Duration = Duration::from_secs(300);

/// How long the children and the guard may take to end after the server's process.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// A running private PostgreSQL server. It stops when it is dropped, and when this process ends for
/// any reason.
#[derive(Debug)]
pub struct Server {
    process: Option<Guarded>,
    process_id: u32,
    programs: Programs,
    version: String,
    data: PathBuf,
    socket: SocketDirectory,
    log: LogFile,
    // The last field, because fields are dropped in order: it keeps the lock on the directory until
    // the server has ended.
    state: State,
}

impl Server {
    /// Starts the server in `settings.directory` and waits until it is ready. This takes about a
    /// tenth of a second, and two seconds more the first time, when it creates the data directory
    /// and the database. It blocks the thread.
    ///
    /// # Errors
    ///
    /// Any [`Error`] except [`Error::DoesNotStop`]. No process is left running then.
    pub fn start(settings: &Settings) -> Result<Server, Error> {
        let state = State::open(settings)?;
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
        let arguments = arguments(settings, &socket);
        let process = Guarded::start(&state, &program, &data, arguments, &lock, &log)?;
        // From here on, only the server holds it, and it is free when the server has ended.
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

    /// Returns the URL of the database for libpq, `psql` and sqlx. It connects over the socket, as
    /// the superuser of the server.
    pub fn url(&self) -> String {
        self.socket.url()
    }

    /// Returns the version of PostgreSQL that runs, e.g. `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the directory of the programs that run.
    pub fn programs_directory(&self) -> &Path {
        &self.programs.folder
    }

    /// Returns the data directory. If this process is root, it may be outside of the state
    /// directory.
    pub fn data_directory(&self) -> &Path {
        &self.data
    }

    /// Returns the directory of the socket `.s.PGSQL.5432`.
    pub fn socket_directory(&self) -> &Path {
        self.socket.path()
    }

    /// Returns the path of the server's log.
    pub fn log_file(&self) -> &Path {
        self.log.path()
    }

    /// Returns the process id of the server's main process.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Returns the reason if the server has ended by itself. It does not block.
    pub fn has_ended(&mut self) -> Option<String> {
        self.still_runs().err().map(|error| error.to_string())
    }

    /// Stops the server, which ends open sessions and writes all data to disk. It blocks the thread
    /// until no process of the server is left, usually for a tenth of a second.
    ///
    /// # Errors
    ///
    /// [`Error::EndedByItself`] if the server was no longer running, and [`Error::DoesNotStop`] if
    /// it still runs after the last signal.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let ready = wait_for(START_TIMEOUT, || {
            self.still_runs()?;
            let pid_file = PidFile::read(&self.data)?;
            Ok(pid_file.filter(|it| it.is_ready(self.process_id)))
        })?;
        match ready {
            Some(_) => Ok(()),
            None => Err(Error::NotReady {
                seconds: START_TIMEOUT.as_secs(),
                log: self.log.path().to_owned(),
            }),
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
                said: self.log.last_reason(),
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
        if !previous::wait_until_gone(&self.state.base, END_TIMEOUT)? {
            return Err(Error::DoesNotStop { process_id: self.process_id });
        }
        self.socket.clean_up();
        ran
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // There is no caller to report to. Callers that want the result call `stop`.
        let _ = self.end();
    }
}

/// Returns the command line of the server. Its settings override the configuration files.
fn arguments(settings: &Settings, socket: &SocketDirectory) -> Vec<String> {
    let directory = format!("unix_socket_directories={}", socket.path().display());
    let fixed = [
        // No network: only the socket, for the server's user and root.
        "listen_addresses=",
        "port=5432",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "timezone=UTC",
        "log_timezone=UTC",
        // Everything to standard error, which is the log file, without a line for each checkpoint.
        "log_destination=stderr",
        "logging_collector=off",
        "log_checkpoints=off",
    ];
    let durability = settings.durability.server_settings();
    let tuning = settings.tuning.server_settings().iter().copied();
    let settings = fixed.into_iter().chain(durability).chain(tuning).map(str::to_owned);
    settings.chain([directory]).flat_map(|it| ["-c".to_owned(), it]).collect()
}
