//! The binary: see `refund-inbox --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    refund_inbox::command::run()
}
