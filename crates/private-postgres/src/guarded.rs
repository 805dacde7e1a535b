//! A process that cannot outlive us, not even when we are killed with -9.
//!
//! A small shell starts it (`guard.sh`): it leaves a watching shell behind, which reads a pipe that
//! only we hold, and then becomes the program itself. The kernel closes the pipe when we die, for
//! whatever reason; the watcher then stops the program. So from its first moment on there is none
//! in which the program runs unguarded. Both have a process group of their own, so that Ctrl-C
//! reaches only us, and we end the server after our last commit.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::Account;
use super::error::{Attempt, Error};
use super::log_file::LogFile;
use super::patience::wait_for;

/// How the program is stopped: a signal, then waiting.
const STEPS: [(Signal, Duration); 3] = [
    // Ends all sessions and writes everything to its files.
    (Signal::SIGINT, Duration::from_secs(30)),
    // Ends at once; the next start recovers from the log.
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(5)),
];

/// A program of the server at work, and its guard. Stopped when dropped.
#[derive(Debug)]
pub(super) struct Guarded {
    child: Child,
    program: PathBuf,
    status: Option<ExitStatus>,
}

impl Guarded {
    /// Starts `program` on the data directory `data`. It holds `lock` while it runs and writes
    /// whatever it says to `log`.
    pub(super) fn start(
        account: &Account,
        program: &Path,
        data: &Path,
        arguments: Vec<String>,
        lock: &File,
        log: &LogFile,
    ) -> Result<Guarded, Error> {
        let shell = Path::new("/bin/sh");
        let mut command = account.command(shell);
        command.args(["-c", include_str!("guard.sh"), "refund-inbox-guard"]);
        command.args([data.into(), program.into(), OsString::from("-D"), data.into()]);
        command.args(arguments);
        command.stdin(Stdio::piped()).stderr(log.handle()?);
        command.stdout(lock.try_clone().attempt("pass on the lock of", data)?);
        let child = command.process_group(0).spawn().attempt("run", shell)?;
        Ok(Guarded { child, program: program.to_owned(), status: None })
    }

    /// The program's process: the shell became the program.
    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// How the program has ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        if self.status.is_none() {
            self.status = self.child.try_wait().attempt("wait for", &self.program)?;
            if self.status.is_some() {
                self.dismiss_guard();
            }
        }
        Ok(self.status)
    }

    /// Stops the program unless it has ended, and waits until it has.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        for (signal, limit) in STEPS {
            if self.ended()?.is_some() {
                return Ok(());
            }
            if let Ok(number) = i32::try_from(self.process_id()) {
                // It is our child and not waited for yet, so the number is still its own.
                let _ = kill(Pid::from_raw(number), signal);
            }
            wait_for(limit, || self.ended())?;
        }
        match self.ended()? {
            Some(_) => Ok(()),
            None => Err(Error::DoesNotStop { process_id: self.process_id() }),
        }
    }

    /// Tells the guard that there is nothing left to guard.
    fn dismiss_guard(&mut self) {
        if let Some(mut pipe) = self.child.stdin.take() {
            // A guard that somebody killed cannot be told; nor need it be.
            let _ = pipe.write_all(b"ended\n");
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Nobody is left to tell; the guard goes on trying when the pipe is closed.
        let _ = self.stop();
    }
}
