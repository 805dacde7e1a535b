//! Writes the order of a list, and where a page begins.

use sqlx::{Postgres, QueryBuilder};

use super::condition::Condition;
use super::cursor::{Cursor, Direction, Sort};
use super::query::ListQuery;

/// How the rows of a list are sorted, in the words of Postgres.
pub(super) struct Sorting {
    sort: Sort,
    /// The column that identifies a row.
    id: &'static str,
    /// Whether rows without a value may be listed.
    has_nulls: bool,
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
        Self { sort: query.sort, id: query.listed.id(), has_nulls }
    }

    /// Writes the condition that a row comes after the cursor.
    pub(super) fn after(&self, statement: &mut QueryBuilder<Postgres>, cursor: &Cursor) {
        let sign = match self.sort.direction {
            Direction::Ascending => " > ",
            Direction::Descending => " < ",
        };
        let (column, id) = (self.expression(), self.id);
        if self.sort.column.name == id {
            statement.push(id).push(sign).push_bind(cursor.id);
            return;
        }
        let Some(value) = &cursor.value else {
            statement.push(format!("{column} is null and {id}{sign}")).push_bind(cursor.id);
            return;
        };
        statement.push(format!("({column}, {id}){sign}(")).push_bind(value.clone());
        statement.push(format!("::{}{}, ", self.sort.column.type_name, self.collation()));
        statement.push_bind(cursor.id).push(")");
        if self.has_nulls {
            statement.push(format!(" or {column} is null"));
        }
    }

    /// Writes the order of the rows.
    pub(super) fn order(&self, statement: &mut QueryBuilder<Postgres>) {
        let direction = match self.sort.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        statement.push(format!(" order by {} {direction}", self.expression()));
        if self.has_nulls {
            statement.push(" nulls last");
        }
        if self.sort.column.name != self.id {
            statement.push(format!(", {} {direction}", self.id));
        }
    }

    /// Returns the expression by which rows are sorted.
    fn expression(&self) -> String {
        format!("{}{}", self.sort.column.name, self.collation())
    }

    /// Returns the collation of text: by bytes, whatever the collation of the database.
    fn collation(&self) -> &'static str {
        if self.sort.column.type_name == "text" { " collate \"C\"" } else { "" }
    }
}
