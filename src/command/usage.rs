//! Mistakes of the command line that the parser finds, in the style of all other errors: one line
//! that says what was expected, and exit status 2.

use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ErrorKind};

use super::Failure;

/// Prints help, or the mistake.
pub(super) fn report(error: &Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // If standard output is closed, nobody reads the help.
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
    }
    let failure = Failure::Usage(message(error));
    failure.report();
    failure.exit_code()
}

fn message(error: &Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string);
    if error.kind() == ErrorKind::ValueValidation
        && let (Some(option), Some(value)) =
            (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue))
    {
        let option = option.split(' ').next().unwrap_or_default();
        let wanted = std::error::Error::source(error).map(ToString::to_string);
        let wanted = wanted.unwrap_or_default();
        return match wanted.split_once(" is not in ") {
            Some((_, range)) => format!("{option}: expected a number in {range}, found {value:?}"),
            None => format!("{option}: expected a whole number, found {value:?}"),
        };
    }
    // The usage and the pointer to help are paragraphs of their own.
    let rendered = error.to_string();
    let paragraphs = rendered.split("\n\n").filter(|paragraph| {
        let paragraph = paragraph.trim_start();
        !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more information")
    });
    let words: Vec<&str> = paragraphs.flat_map(str::split_whitespace).collect();
    let line = words.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
