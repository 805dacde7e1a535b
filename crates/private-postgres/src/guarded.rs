//! Runs a program that cannot outlive this process, not even if this process is killed with -9.
//!
//! A shell (`guard.sh`) starts a guard in the background and then becomes the program. The guard
//! reads a pipe that only this process holds. When this process dies for any reason, the kernel
//! closes the pipe, and the guard stops the program. So the program never runs without a guard.
//! Both have a process group of their own, so that Ctrl-C reaches only this process, which stops
//! the server after its last commit.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::{Attempt, Error};
use super::log_file::LogFile;
use super::patience::wait_for;
use super::state::State;

/// The signals that stop the program, and how long to wait after each.
const STEPS: [(Signal, Duration); 3] = [
    // Ends all sessions and writes all data to disk.
    (Signal::SIGINT, Duration::from_secs(30)),
    // Ends at once. The next start recovers from the write-ahead log.
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// A running program of the server, and its guard. Dropping it stops the program.
#[derive(Debug)]
pub(super) struct Guarded {
    child: Child,
    program: PathBuf,
    status: Option<ExitStatus>,
}

impl Guarded {
    /// Starts `program` on the data directory `data`. The program holds `lock` while it runs, and
    /// writes its output to `log`.
    pub(super) fn start(
        state: &State,
        program: &Path,
        data: &Path,
        arguments: Vec<String>,
        lock: &File,
        log: &LogFile,
    ) -> Result<Guarded, Error> {
        let shell = Path::new("/bin/sh");
        let mut command = state.account.command(shell);
        command.args(["-c", include_str!("guard.sh"), &state.name.guard()]);
        command.args([data.into(), program.into(), OsString::from("-D"), data.into()]);
        command.args(arguments);
        command.stdin(Stdio::piped()).stderr(log.handle()?);
        command.stdout(lock.try_clone().attempt("pass on the lock of", data)?);
        let child = command.process_group(0).spawn().attempt("run", shell)?;
        Ok(Guarded { child, program: program.to_owned(), status: None })
    }

    /// Returns the process id of the program, which is that of the shell that became the program.
    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the exit status of the program if it has ended.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        if self.status.is_none() {
            self.status = self.child.try_wait().attempt("wait for", &self.program)?;
            if self.status.is_some() {
                self.dismiss_guard();
            }
        }
        Ok(self.status)
    }

    /// Stops the program, and waits until it has ended.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        for (signal, limit) in STEPS {
            if self.ended()?.is_some() {
                return Ok(());
            }
            if let Ok(number) = i32::try_from(self.process_id()) {
                // The program is a child that has not been waited for, so the id is still its own.
                let _ = kill(Pid::from_raw(number), signal);
            }
            wait_for(limit, || self.ended())?;
        }
        match self.ended()? {
            Some(_) => Ok(()),
            None => Err(Error::DoesNotStop { process_id: self.process_id() }),
        }
    }

    /// Makes the guard end, because there is nothing left to guard.
    fn dismiss_guard(&mut self) {
        if let Some(mut pipe) = self.child.stdin.take() {
            // Writing fails only if the guard was killed.
            let _ = pipe.write_all(b"ended\n");
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // There is no caller to report to. The guard continues when the pipe is closed.
        let _ = self.stop();
    }
}
