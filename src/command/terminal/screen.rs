//! What standard output is: a terminal with a width and colours, or not.

use std::io::{self, IsTerminal};

use terminal_size::terminal_size_of;

use crate::config::terminal_variable;

/// How text is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::command) struct Screen {
    /// The most columns of a line; `None` if nothing limits them.
    pub width: Option<usize>,
    /// Whether text has colours.
    pub has_colours: bool,
}

impl Screen {
    /// Returns the screen behind standard output. The variable `COLUMNS` sets the width, and
    /// `NO_COLOR` (<https://no-color.org>) switches colours off.
    pub(in crate::command) fn of_stdout() -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let named = terminal_variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let measured = || terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        let width = named.or_else(measured).filter(|width| *width > 0);
        let no_colour = terminal_variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = terminal_variable("TERM").is_some_and(|name| name == "dumb");
        Self { width, has_colours: is_terminal && !no_colour && !is_dumb }
    }
}
