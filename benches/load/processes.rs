//! What the system counts of processes: time on a core and memory.

use std::fs;
use std::time::Duration;

/// The system's unit of time in `/proc`, on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// Time that a process has spent on a core.
pub(crate) fn time_of(process_id: u32) -> Duration {
    Times::read(process_id).map_or(Duration::ZERO, |times| TICK * times.own)
}

/// The same of a process, its children that are there and those that have ended.
pub(crate) fn time_of_family(process_id: u32) -> Duration {
    let Some(parent) = Times::read(process_id) else { return Duration::ZERO };
    let children: u32 = all()
        .filter_map(Times::read)
        .filter(|times| times.parent == process_id)
        .map(|times| times.own + times.ended_children)
        .sum();
    TICK * (parent.own + parent.ended_children + children)
}

/// Time that all cores together have spent on anything.
pub(crate) fn time_of_all() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let fields: Vec<u32> =
        text.lines().next().unwrap().split_whitespace().flat_map(str::parse).collect();
    // User, nice, system, (idle, waiting for a disk), interrupts of both kinds, stolen.
    let busy = |place: &usize| !matches!(place, 3 | 4) && *place < 8;
    TICK * (0..fields.len()).filter(busy).map(|place| fields[place]).sum::<u32>()
}

/// The cores of this machine.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// The most memory that a process has held, in KiB.
pub(crate) fn peak_memory_kib(process_id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default()
}

/// User and system time, in ticks.
struct Times {
    parent: u32,
    own: u32,
    ended_children: u32,
}

impl Times {
    fn read(process_id: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
        // The name, in parentheses, may hold anything.
        let (_, after_name) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = after_name.split(' ').collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u32>().ok();
        Some(Self {
            parent: field(4)?,
            own: field(14)? + field(15)?,
            ended_children: field(16)? + field(17)?,
        })
    }
}

fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
