//! Looking at processes and sending them signals, by number and never by name.

use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The processes that work in this directory: of a Postgres, all of them.
pub(crate) fn working_in(directory: &Path) -> Vec<u32> {
    let works_there = |id: &u32| {
        let working_directory = fs::read_link(of(*id).join("cwd"));
        working_directory.is_ok_and(|it| it == directory)
    };
    numbers().into_iter().filter(works_there).collect()
}

/// The name that a process shows; a Postgres process says there what it does.
pub(crate) fn title(id: u32) -> String {
    let bytes = fs::read(of(id).join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// The shells that guard the server on this data directory: they are named for it.
pub(crate) fn guards_of(data: &Path) -> Vec<u32> {
    let data = data.to_str().unwrap();
    let guards = |id: &u32| {
        let title = title(*id);
        title.contains("refund-inbox-guard") && title.contains(data)
    };
    numbers().into_iter().filter(guards).collect()
}

/// How many bytes of memory a process has that no other one shares the count of: its resident set.
pub(crate) fn resident_bytes(id: u32) -> u64 {
    let status = fs::read_to_string(of(id).join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: u64 = line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap();
    kibibytes * 1024
}

/// Sends a signal; that the process has just ended is no error.
pub(crate) fn send(id: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(i32::try_from(id).unwrap()), signal);
}

fn of(id: u32) -> PathBuf {
    Path::new("/proc").join(id.to_string())
}

fn numbers() -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}
