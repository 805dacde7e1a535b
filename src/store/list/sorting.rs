//! Writes the order of a list, and where a page begins.

use sqlx::{Postgres, QueryBuilder};

use super::condition::Condition;
use super::cursor::{Cursor, Direction, Sort};
use super::query::ListQuery;

/// How the rows of a list are sorted, in the words of Postgres. Text is in the order of the database's
/// collation, as in the indexes of the refunds' numbers.
pub(super) struct Sorting {
    sort: Sort,
    /// The column that identifies a row.
    id: &'static str,
    /// Whether rows without a value may be listed.
    has_nulls: bool,
    /// Whether the id and the value of a row come from two tables. Then the planner cannot use the
    /// comparison with the cursor for the index of the value, and gets one of the value alone.
    is_joined: bool,
}

/// Some of the rows of a list. Rows with a value and those without have an index each, but there is
/// none for both in the order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All rows.
    All,
    /// The rows with a value in the column of the sort.
    WithValue,
    /// The rows without a value, which come last.
    WithoutValue,
}

impl Sorting {
    /// Returns how the rows of a list are sorted.
    pub(super) fn of(query: &ListQuery) -> Self {
        let excludes_nulls = |condition: &Condition| {
            matches!(condition, Condition::Since(by, _) | Condition::Until(by, _)
                if by.column(query.listed) == Some(query.sort.column.name))
        };
        let has_nulls =
            query.sort.column.is_nullable && !query.conditions.iter().any(excludes_nulls);
        let is_joined = query.conditions.contains(&Condition::Replayed);
        Self { sort: query.sort, id: query.listed.id(), has_nulls, is_joined }
    }

    /// Returns the parts of the rows after the cursor, in order.
    pub(super) fn parts(&self, after: Option<&Cursor>) -> &'static [Part] {
        match (self.has_nulls, after) {
            (false, _) => &[Part::All],
            (true, Some(Cursor { value: None, .. })) => &[Part::WithoutValue],
            (true, Some(_) | None) => &[Part::WithValue, Part::WithoutValue],
        }
    }

    /// Writes the condition that a row is of the part, and comes after the cursor.
    pub(super) fn of_part(
        &self,
        statement: &mut QueryBuilder<Postgres>,
        part: Part,
        after: Option<&Cursor>,
    ) {
        let sign = match self.sort.direction {
            Direction::Ascending => " > ",
            Direction::Descending => " < ",
        };
        let (name, id) = (self.sort.column.name, self.id);
        match part {
            Part::All => {}
            Part::WithValue => drop(statement.push(format!(" and {name} is not null"))),
            Part::WithoutValue => drop(statement.push(format!(" and {name} is null"))),
        }
        let Some(cursor) = after else { return };
        match (&cursor.value, part) {
            (_, Part::All | Part::WithValue) if name == id => {
                statement.push(format!(" and {id}{sign}")).push_bind(cursor.id);
            }
            (Some(value), Part::All | Part::WithValue) => {
                let type_name = self.sort.column.type_name;
                if self.is_joined {
                    statement.push(format!(" and {name}{}= ", sign.trim_end()));
                    statement.push_bind(value.clone()).push(format!("::{type_name}"));
                }
                statement.push(format!(" and ({name}, {id}){sign}(")).push_bind(value.clone());
                statement.push(format!("::{type_name}, "));
                statement.push_bind(cursor.id).push(")");
            }
            // All of them come after a row with a value.
            (Some(_), Part::WithoutValue) => {}
            (None, Part::All | Part::WithValue | Part::WithoutValue) => {
                statement.push(format!(" and {name} is null and {id}{sign}")).push_bind(cursor.id);
            }
        }
    }

    /// Writes the order of the rows of a part.
    pub(super) fn order(&self, statement: &mut QueryBuilder<Postgres>, part: Part) {
        let direction = match self.sort.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        if part == Part::WithoutValue {
            statement.push(format!(" order by {} {direction}", self.id));
            return;
        }
        statement.push(format!(" order by {} {direction}", self.sort.column.name));
        if self.has_nulls && part == Part::All {
            statement.push(" nulls last");
        }
        if self.sort.column.name != self.id {
            statement.push(format!(", {} {direction}", self.id));
        }
    }
}
