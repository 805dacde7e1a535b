//! Printing past the capture of test output.

use std::fmt::Display;
use std::io::Write;

/// Prints a line also when the test passes, so that its figures can be read.
pub fn print_always(line: impl Display) {
    // Standard output may be closed; the test's outcome does not depend on it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
