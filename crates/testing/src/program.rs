//! The program under test, and its commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::waiting::apart;

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Returns the program's path. Cargo passes the path to the tests that it runs. A test that runs
/// without Cargo finds the program in the build directory.
pub fn path() -> PathBuf {
    let named = std::env::var_os("CARGO_BIN_EXE_refund-inbox").map(PathBuf::from);
    let path = named.unwrap_or_else(|| build_directory().join("refund-inbox"));
    assert!(path.is_file(), "the program is not built: expected {}", path.display());
    path
}

/// Returns the directory of the build that this test belongs to, such as `target/debug`.
pub fn build_directory() -> PathBuf {
    // Cargo puts tests and benchmarks into `deps` of that directory.
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().to_owned()
}

/// Makes a command that runs the program in `directory`, with no settings from our environment.
pub fn command(directory: &Path) -> Command {
    command_of(&path(), directory)
}

/// Makes a command that runs another version of the program in `directory`.
pub fn command_of(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory).stdin(Stdio::null());
    remove_settings(&mut command, |_| true);
    command
}

/// Removes the program's settings for which `is_removed` returns true from a command's environment.
pub fn remove_settings(command: &mut Command, is_removed: impl Fn(&str) -> bool) {
    for (name, _) in std::env::vars_os() {
        let setting = name.to_string_lossy();
        if setting.starts_with("REFUND_INBOX") && is_removed(&setting) {
            command.env_remove(&name);
        }
    }
}

/// Runs the program in `directory` until it ends.
pub async fn run(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = command(directory);
    command.args(arguments);
    run_command(command).await
}

/// Runs a command until it ends.
pub async fn run_command(mut command: Command) -> Ran {
    let output = apart(move || command.output().unwrap()).await;
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
