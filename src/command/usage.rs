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
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let subcommand = context(ContextKind::InvalidSubcommand);
    let command = command(&context(ContextKind::Usage).unwrap_or_default());
    // `ErrorKind` may grow, so what is not named here is said in the words of the parser.
    match (error.kind(), argument, value, subcommand) {
        (ErrorKind::ValueValidation, Some(option), Some(value), _) => {
            let wanted = std::error::Error::source(error).map(ToString::to_string);
            let (option, wanted) = (name(&option), number(&wanted.unwrap_or_default()));
            format!("{option}: expected {wanted}, found {value:?}")
        }
        // The parser says so of an option without its value.
        (ErrorKind::InvalidValue, Some(option), _, _) => {
            let wanted = option.split_once(' ').map_or("a value", |(_, wanted)| wanted);
            format!("{}: expected {wanted}, found nothing", name(&option))
        }
        (ErrorKind::TooManyValues, Some(option), Some(value), _) => {
            format!("{}: expected no value, found {value:?}", name(&option))
        }
        (ErrorKind::UnknownArgument, Some(found), _, _) if found.starts_with('-') => {
            let similar = similar(context(ContextKind::SuggestedArg));
            format!("expected an option of `{command} --help`{similar}, found {found:?}")
        }
        (ErrorKind::UnknownArgument, Some(found), _, _) => {
            format!("expected no more arguments, see `{command} --help`, found {found:?}")
        }
        (ErrorKind::InvalidSubcommand, _, _, Some(found)) => {
            let similar = similar(context(ContextKind::SuggestedSubcommand));
            format!("expected a command of `{command} --help`{similar}, found {found:?}")
        }
        (ErrorKind::MissingRequiredArgument, Some(missing), _, _) => {
            format!("expected {missing}, see `{command} --help`")
        }
        (ErrorKind::ArgumentConflict, Some(one), _, _) => {
            let other = context(ContextKind::PriorArg);
            let other = other.as_deref().map_or("another option", name);
            format!("expected {} or {other}, found both", name(&one))
        }
        (_, _, _, _) => in_its_words(error),
    }
}

/// Returns the name of an option, without its value.
fn name(option: &str) -> &str {
    option.split(' ').next().unwrap_or_default()
}

/// Returns what a number must be, from the parser's error. A type's greatest number is no limit that
/// a person must know.
fn number(error: &str) -> String {
    const GREATEST: [&str; 3] = ["4294967295", "9223372036854775807", "18446744073709551615"];
    let Some((_, range)) = error.split_once(" is not in ") else {
        return "a whole number".to_owned();
    };
    match range.split_once("..=").or_else(|| range.split_once("..")) {
        Some((least, most)) if most.is_empty() || GREATEST.contains(&most) => {
            format!("a whole number of at least {least}")
        }
        Some((least, most)) => format!("a whole number from {least} to {most}"),
        None => format!("a whole number in {range}"),
    }
}

/// Returns the command and its subcommands from the usage, which names the arguments after them.
fn command(usage: &str) -> String {
    let words = usage.split_whitespace().skip_while(|word| *word == "Usage:");
    let words: Vec<&str> = words.take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
    if words.is_empty() { "refund-inbox".to_owned() } else { words.join(" ") }
}

fn similar(suggested: Option<String>) -> String {
    suggested.map(|suggested| format!(", such as {suggested}")).unwrap_or_default()
}

/// Returns the parser's own message in one line, without the usage and the pointer to help, which are
/// paragraphs of their own.
fn in_its_words(error: &Error) -> String {
    let rendered = error.to_string();
    let paragraphs = rendered.split("\n\n").filter(|paragraph| {
        let paragraph = paragraph.trim_start();
        !paragraph.starts_with("Usage:") && !paragraph.starts_with("For more information")
    });
    let words: Vec<&str> = paragraphs.flat_map(str::split_whitespace).collect();
    let line = words.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}
