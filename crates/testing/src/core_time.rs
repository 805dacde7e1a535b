//! Measures the processor time of processes.

use std::fs;
use std::time::Duration;

use crate::processes::numbers;

/// The unit of the times in `/proc`, the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// Returns the time that a process has spent on a core.
pub fn time_of(process_id: u32) -> Duration {
    Times::read(process_id).map_or(Duration::ZERO, |times| TICK * times.own)
}

/// Returns the time that the thread of the caller has spent on a core.
pub fn time_of_this_thread() -> Duration {
    Times::read_file("/proc/thread-self/stat").map_or(Duration::ZERO, |times| TICK * times.own)
}

/// Returns the time of a process, its running children and its ended children.
pub fn time_of_family(process_id: u32) -> Duration {
    let Some(parent) = Times::read(process_id) else { return Duration::ZERO };
    let children: u32 = numbers()
        .into_iter()
        .filter_map(Times::read)
        .filter(|times| times.parent == process_id)
        .map(|times| times.own + times.ended_children)
        .sum();
    TICK * (parent.own + parent.ended_children + children)
}

/// Returns the time that all cores together have spent on anything.
pub fn time_of_all() -> Duration {
    let text = fs::read_to_string("/proc/stat").unwrap();
    let fields: Vec<u32> =
        text.lines().next().unwrap().split_whitespace().flat_map(str::parse).collect();
    // User, nice, system, (idle, waiting for a disk), interrupts of both kinds, stolen.
    let busy = |place: &usize| !matches!(place, 3 | 4) && *place < 8;
    TICK * (0..fields.len()).filter(busy).map(|place| fields[place]).sum::<u32>()
}

/// Returns how many cores this machine has.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// User and system time, in ticks.
struct Times {
    parent: u32,
    own: u32,
    ended_children: u32,
}

impl Times {
    fn read(process_id: u32) -> Option<Self> {
        Self::read_file(&format!("/proc/{process_id}/stat"))
    }

    fn read_file(path: &str) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        // The name in parentheses may contain any character.
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
