//! Making the data directory ("cluster"): all of it or nothing.
//!
//! It is made under another name and renamed when complete, so that half a cluster, left by a crash
//! in between, is never used.

use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::error::{Attempt, Error};
use super::guarded::Guarded;
use super::log_file::LogFile;
use super::patience::wait_for;
use super::programs::Programs;
use super::settings::Durability;
use super::state::State;

/// The superuser of the server, and the database in it.
pub(super) const NAME: &str = "refund_inbox";

/// Making the files takes about two seconds; a slow disk may take much longer.
const LIMIT: Duration = Duration::from_secs(300);

/// Which version of PostgreSQL wrote a data directory.
#[derive(Debug)]
pub(super) struct WrittenBy {
    pub(super) data: PathBuf,
    pub(super) major: String,
}

impl WrittenBy {
    /// Reads it from `data`; `None` when there is no cluster there.
    pub(super) fn read(data: &Path) -> Result<Option<WrittenBy>, Error> {
        let path = data.join("PG_VERSION");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                Ok(Some(WrittenBy { data: data.to_owned(), major: text.trim().to_owned() }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).attempt("read", &path),
        }
    }
}

/// Makes the data directory, with the database in it, unless there is one.
pub(super) fn ensure(
    state: &State,
    programs: &Programs,
    durability: Durability,
    lock: &File,
    log: &LogFile,
) -> Result<(), Error> {
    let data = state.data();
    if data.exists() {
        return Ok(());
    }
    let unfinished = state.base.join("postgres.new");
    make_anew(&unfinished)?;
    state.account.give(&unfinished)?;
    make_files(&unfinished, state, programs, durability, lock, log)?;
    make_database(&unfinished, state, programs, durability, log)?;
    std::fs::rename(&unfinished, &data).attempt("rename to its final name", &unfinished)?;
    // The rename itself must survive a power loss, or the data would seem never to have been.
    let base = File::open(&state.base).attempt("open", &state.base)?;
    base.sync_all().attempt("write", &state.base)
}

fn make_anew(directory: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(directory) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).attempt("remove the unfinished", directory),
    }
    let mut builder = DirBuilder::new();
    builder.mode(0o700).create(directory).attempt("make the directory", directory)
}

fn make_files(
    unfinished: &Path,
    state: &State,
    programs: &Programs,
    durability: Durability,
    lock: &File,
    log: &LogFile,
) -> Result<(), Error> {
    let mut arguments = vec![
        format!("--username={NAME}"),
        // Nobody but its users can reach the socket; see `socket`.
        "--auth=trust".to_owned(),
        // The same on every machine: byte order, and a fixed encoding.
        "--locale=C".to_owned(),
        "--encoding=UTF8".to_owned(),
        "--data-checksums".to_owned(),
        "--no-instructions".to_owned(),
    ];
    match durability {
        Durability::Durable => {}
        Durability::Relaxed => arguments.push("--no-sync".to_owned()),
    }
    let program = programs.program("initdb");
    let mut process = Guarded::start(&state.account, &program, unfinished, arguments, lock, log)?;
    let Some(status) = wait_for(LIMIT, || process.ended())? else {
        return Err(Error::NotReady { seconds: LIMIT.as_secs(), log: log.path().to_owned() });
    };
    succeeded("initdb", status, log)
}

/// There is no server yet, and no client here: the server program in its single-user mode takes
/// the statement from its standard input, and ends when that ends, which also is when we die.
fn make_database(
    unfinished: &Path,
    state: &State,
    programs: &Programs,
    durability: Durability,
    log: &LogFile,
) -> Result<(), Error> {
    let program = programs.program("postgres");
    let mut command = state.account.command(&program);
    command.arg("--single").arg("-D").arg(unfinished);
    for setting in durability.server_settings() {
        command.args(["-c", setting]);
    }
    // A failed statement otherwise leaves a good exit status.
    command.args(["-c", "exit_on_error=on", "postgres"]);
    command.stdin(Stdio::piped()).stdout(log.handle()?).stderr(log.handle()?);
    let mut child = command.spawn().attempt("run", &program)?;
    if let Some(mut input) = child.stdin.take() {
        // When it cannot be written the program has failed, and its exit status says so.
        let _ = writeln!(input, "create database {NAME}");
    }
    let status = child.wait().attempt("wait for", &program)?;
    succeeded("postgres --single", status, log)
}

fn succeeded(
    program: &'static str,
    status: std::process::ExitStatus,
    log: &LogFile,
) -> Result<(), Error> {
    if status.success() {
        return Ok(());
    }
    Err(Error::Initialise { program, status, said: log.last_words(), log: log.path().to_owned() })
}
