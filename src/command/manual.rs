//! `completions` and `man`: what shells and `man` know of the command line.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::Failure;
use super::arguments::{Arguments, CompletionsOptions, ManOptions};
use super::terminal::output;

/// The name of the program.
const NAME: &str = "refund-inbox";

/// Prints the completions for a shell.
pub(super) fn completions(options: &CompletionsOptions) -> Result<(), Failure> {
    let shell = match options.shell.as_str() {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        other => {
            let message = format!("expected one of bash, zsh, fish, found {other:?}");
            return Err(Failure::Usage(message));
        }
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    output::write(&String::from_utf8_lossy(&script))
}

/// Prints the page of the program, or writes the pages of all commands.
pub(super) fn man(options: &ManOptions) -> Result<(), Failure> {
    if let Some(directory) = &options.directory {
        return Ok(clap_mangen::generate_to(Arguments::command(), directory)?);
    }
    let mut page = Vec::new();
    Man::new(Arguments::command()).render(&mut page)?;
    output::write(&String::from_utf8_lossy(&page))
}
