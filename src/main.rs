//! The binary: see `refund-inbox --help`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Replaces the system's allocator, which took a third of the time of a delivery.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    refund_inbox::command::run()
}
