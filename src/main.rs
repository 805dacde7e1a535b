//! The binary: see `refund-inbox --help`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    refund_inbox::command::run()
}
