//! Creates the data directory ("cluster"), completely or not at all.
//!
//! It is created under another name and renamed when it is complete, so that a crash in between
//! never leaves half a cluster in use.

use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::error::{Attempt, Error};
use super::guarded::Guarded;
use super::log_file::LogFile;
use super::patience::wait_for;
use super::programs::Programs;
use super::settings::Durability;
use super::state::State;

/// The timeout of `initdb`. It takes about two seconds, and much longer on a slow disk.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Creates the data directory with the database in it, unless it exists.
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
    create_empty(&unfinished)?;
    state.account.give(&unfinished)?;
    run_initdb(&unfinished, state, programs, durability, lock, log)?;
    create_database(&unfinished, state, programs, durability, log)?;
    std::fs::rename(&unfinished, &data).attempt("rename to its final name", &unfinished)?;
    // The rename must survive a power loss, or the next start would create an empty cluster.
    let base = File::open(&state.base).attempt("open", &state.base)?;
    base.sync_all().attempt("write", &state.base)
}

fn create_empty(directory: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(directory) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).attempt("remove the unfinished", directory),
    }
    let mut builder = DirBuilder::new();
    builder.mode(0o700).create(directory).attempt("create the directory", directory)
}

fn run_initdb(
    unfinished: &Path,
    state: &State,
    programs: &Programs,
    durability: Durability,
    lock: &File,
    log: &LogFile,
) -> Result<(), Error> {
    let mut arguments = vec![
        format!("--username={}", state.name.database()),
        // Only the server's user and root can reach the socket, see `socket`.
        "--auth=trust".to_owned(),
        // The same order and encoding on every machine.
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
    let mut process = Guarded::start(state, &program, unfinished, arguments, lock, log)?;
    let Some(status) = wait_for(TIMEOUT, || process.ended())? else {
        return Err(Error::NotReady { seconds: TIMEOUT.as_secs(), log: log.path().to_owned() });
    };
    succeeded("initdb", status, log)
}

/// Creates the database without a running server or a client: in its single-user mode, the server
/// program reads statements from standard input. It ends at the end of its input, so also when this
/// process dies.
fn create_database(
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
    // Without this option, the exit status reports success even if the statement fails.
    command.args(["-c", "exit_on_error=on", "postgres"]);
    command.stdin(Stdio::piped()).stdout(log.handle()?).stderr(log.handle()?);
    let mut child = command.spawn().attempt("run", &program)?;
    if let Some(mut input) = child.stdin.take() {
        // If writing fails, the program has failed, and its exit status says so.
        let _ = writeln!(input, "create database {}", state.name.database());
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
    Err(Error::Initialise { program, status, said: log.last_reason(), log: log.path().to_owned() })
}
