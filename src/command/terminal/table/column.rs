//! The columns of a table, and what may become of each where the terminal is narrow.

/// A column of a table.
#[derive(Clone, Debug)]
pub(in crate::command) struct TableColumn {
    pub(super) heading: String,
    pub(super) kind: Kind,
    /// What happens to it if the table is too wide, and its rank: the greatest comes first. `None`
    /// stays.
    pub(super) yields: Option<(u8, Yields)>,
}

/// What happens to a column for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Yields {
    /// It is left out.
    LeftOut,
    /// Its cells stand on lines of their own below their rows.
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words, which may be broken into lines.
    Text,
    /// A number, aligned at its end.
    Number,
    /// A UUID, of which a beginning may stand for the whole.
    Id,
    /// A time.
    Time,
    /// A line to type in a shell, which goes on after a backslash.
    Command,
}

impl TableColumn {
    /// Makes a column of text.
    pub(in crate::command) fn text(heading: impl Into<String>) -> Self {
        Self::of(heading, Kind::Text)
    }

    /// Makes a column of numbers, which are aligned at their ends.
    pub(in crate::command) fn number(heading: impl Into<String>) -> Self {
        Self::of(heading, Kind::Number)
    }

    /// Makes a column of UUIDs.
    pub(in crate::command) fn id(heading: impl Into<String>) -> Self {
        Self::of(heading, Kind::Id)
    }

    /// Makes a column of times.
    pub(in crate::command) fn time(heading: impl Into<String>) -> Self {
        Self::of(heading, Kind::Time)
    }

    /// Makes a column of commands.
    pub(in crate::command) fn command(heading: impl Into<String>) -> Self {
        Self::of(heading, Kind::Command)
    }

    /// Lets the column be left out if the table is too wide, the one with the greatest rank first.
    pub(in crate::command) fn droppable(self, rank: u8) -> Self {
        Self { yields: Some((rank, Yields::LeftOut)), ..self }
    }

    /// Lets the cells go below their rows if the table is too wide, by the same ranks.
    pub(in crate::command) fn below(self, rank: u8) -> Self {
        Self { yields: Some((rank, Yields::Below)), ..self }
    }

    fn of(heading: impl Into<String>, kind: Kind) -> Self {
        Self { heading: heading.into(), kind, yields: None }
    }
}
