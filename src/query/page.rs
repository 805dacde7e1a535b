//! Which page of a list, in which order, and which of its columns.

use time::OffsetDateTime;
use utoipa::IntoParams;

use super::{Mistake, Words};
use crate::store::{Column, Condition, Cursor, ListQuery, Listed, ListedTime, Sort};

/// The column of refunds in major units, which can be chosen besides those of the list.
pub const AMOUNT: &str = "amount";

/// The words that every list takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageWords {
    /// Sort by this column, with `-` in front for descending. A column without an index needs
    /// filters that leave at most about 10,000 rows: otherwise the answer is 400, and its `detail`
    /// lists the columns with an index.
    pub sort: Option<String>,
    /// The most rows. Default: 50 as JSON, all that are allowed as CSV.
    #[param(required = false, minimum = 1, maximum = 10000)]
    pub limit: u32,
    /// Continue after this position, which the previous page gave.
    pub after: Option<String>,
    /// Only these columns, separated by commas; all if there are none.
    #[param(required = false, style = Form, explode = false)]
    pub columns: Vec<String>,
}

/// A list whose words are valid.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The query.
    pub query: ListQuery,
    /// The chosen columns; `None` for the usual ones.
    pub columns: Option<Vec<&'static str>>,
}

impl PageWords {
    /// The usual number of rows of a page.
    pub const USUAL: u32 = 50;

    /// The most rows of one read, and of a page of a URL.
    pub const MOST: u32 = 500;

    /// The usual and the most rows of a page as CSV, which people save as a file.
    pub const MOST_CSV: u32 = 10_000;

    /// Takes the words out of the parameters of a URL, for a page as JSON or as CSV.
    pub fn take(words: &mut Words, is_csv: bool) -> Result<Self, Mistake> {
        let (usual, most) = match is_csv {
            true => (Self::MOST_CSV, Self::MOST_CSV),
            false => (Self::USUAL, Self::MOST),
        };
        Ok(Self {
            sort: words.text("sort")?,
            limit: words.number("limit", 1..=most)?.unwrap_or(usual),
            after: words.text("after")?,
            columns: words.list("columns"),
        })
    }

    /// Returns the list that these words and the conditions describe.
    pub fn ask(
        &self,
        listed: Listed,
        by: ListedTime,
        conditions: Vec<Condition>,
        as_of: Option<OffsetDateTime>,
    ) -> Result<Asked, Mistake> {
        let names = || {
            let sortable = listed.columns().iter().filter(|column| column.is_sortable());
            sortable.map(|column| column.name).collect::<Vec<_>>().join(", ")
        };
        let sort = match self.sort.as_deref() {
            None => Sort::latest_first(listed, by),
            Some(word) => Sort::from_word(listed, word),
        };
        let sort = sort.ok_or_else(|| {
            let wanted = format!("one of {}, with - in front for descending", names());
            Mistake::expected("sort", &wanted, self.sort.as_deref().unwrap_or_default())
        })?;
        let after = self.after.as_deref().map(|word| {
            Cursor::from_word(sort, word).ok_or_else(|| {
                let sort = sort.word();
                let wanted = format!("the position that a page with sort {sort} gave");
                Mistake::expected("after", &wanted, word)
            })
        });
        let columns = self.columns.iter().map(|name| column(listed, name));
        let columns: Vec<&'static str> = columns.collect::<Result<_, Mistake>>()?;
        let after = after.transpose()?;
        let query = ListQuery { listed, conditions, sort, after, limit: self.limit, as_of };
        Ok(Asked { query, columns: (!columns.is_empty()).then_some(columns) })
    }
}

fn column(listed: Listed, name: &str) -> Result<&'static str, Mistake> {
    let amount = (listed == Listed::Refunds).then_some(AMOUNT);
    let mut known: Vec<&'static str> =
        listed.columns().iter().map(|Column { name, .. }| *name).collect();
    known.extend(amount);
    known
        .iter()
        .copied()
        .find(|column| *column == name)
        .ok_or_else(|| Mistake::expected("columns", &format!("some of {}", known.join(", ")), name))
}
