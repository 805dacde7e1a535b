//! Inspects processes and sends them signals, by number and never by name.

use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Returns the processes whose working directory is this one. All processes of a Postgres share
/// one.
pub fn working_in(directory: &Path) -> Vec<u32> {
    let works_there = |id: &u32| {
        let working_directory = fs::read_link(of(*id).join("cwd"));
        working_directory.is_ok_and(|it| it == directory)
    };
    numbers().into_iter().filter(works_there).collect()
}

/// Returns the title of a process, in which a Postgres process shows its current work.
pub fn title(id: u32) -> String {
    let bytes = fs::read(of(id).join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// Returns the shells that guard the server on this data directory. Their titles contain its path.
pub fn guards_of(data: &Path) -> Vec<u32> {
    let data = data.to_str().unwrap();
    let guards = |id: &u32| {
        let title = title(*id);
        title.contains("refund-inbox-guard") && title.contains(data)
    };
    numbers().into_iter().filter(guards).collect()
}

/// Returns a process's resident memory, in KiB.
pub fn memory_kib(id: u32) -> u64 {
    kib(id, "VmRSS:").unwrap()
}

/// Returns the most memory that a process has held, in KiB.
pub fn peak_memory_kib(id: u32) -> u64 {
    kib(id, "VmHWM:").unwrap()
}

fn kib(id: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(of(id).join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Returns whether there is a process of this number.
pub fn is_running(id: u32) -> bool {
    of(id).exists()
}

/// Sends a signal. It is not an error if the process has just ended.
pub fn send(id: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(i32::try_from(id).unwrap()), signal);
}

/// Returns the numbers of all processes.
pub(crate) fn numbers() -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn of(id: u32) -> PathBuf {
    Path::new("/proc").join(id.to_string())
}
