//! Answers: JSON, CSV, and the pages of a list.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LINK};
use serde::Serialize;

use super::Problem;
use crate::access::Caller;
use crate::operator::Operator;
use crate::query::{Asked, PageWords, Times};
use crate::rendering::{CsvOfList, Ordered, all_columns};
use crate::store::{Action, Page};

/// Marks an answer whose body goes on for long: its connection is not overdue meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Streaming;

/// Answers with JSON.
pub(super) fn json(value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_string(value).map_err(|_| Problem::bug())?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response())
}

/// Answers with a page of a list.
pub(super) fn page(items: &impl Serialize, next: Option<String>) -> Result<Response, Problem> {
    json(&Items { items, next })
}

#[derive(Serialize)]
struct Items<'a, T: Serialize> {
    items: &'a T,
    next: Option<String>,
}

/// Answers with CSV, as a file of this name. `next` is the position of the next page.
pub(crate) fn csv(name: &str, text: String, next: Option<&str>) -> Response {
    let content_type = HeaderValue::from_static("text/csv; charset=utf-8");
    let mut answer = ([(CONTENT_TYPE, content_type)], text).into_response();
    let headers = answer.headers_mut();
    if let Ok(value) = format!("attachment; filename=\"{name}.csv\"").parse() {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    // A position consists of letters, digits, - and _.
    if let Some(Ok(value)) = next.map(|next| format!("<?after={next}>; rel=\"next\"").parse()) {
        headers.insert(LINK, value);
    }
    answer
}

/// Answers with a list: as JSON, or as CSV if `csv` has the times of its zone. `query` is that of
/// the URL, for the audit.
pub(crate) async fn list(
    operator: &Operator,
    caller: &Caller,
    asked: Asked,
    csv: Option<&Times>,
    query: &str,
) -> Result<Response, Problem> {
    let Asked { query: mut of_page, columns } = asked;
    let listed = of_page.listed;
    let Some(times) = csv else {
        let Page { rows, next } = operator.readers.list(&of_page).await?;
        let columns = columns.unwrap_or_else(|| all_columns(listed, false));
        let items = rows.iter().map(|row| Ordered { row, columns: &columns });
        return page(&items.collect::<Vec<_>>(), next.map(|next| next.word()));
    };
    operator.note(caller, Action::Export, listed.as_str(), query).await?;
    let sheet = CsvOfList::new(listed, columns.as_deref(), times);
    let (mut text, mut left) = (sheet.head(), of_page.limit);
    loop {
        of_page.limit = left.min(PageWords::MOST);
        let Page { rows, next } = operator.readers.list(&of_page).await?;
        rows.iter().for_each(|row| text.push_str(&sheet.row(row)));
        left = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(left));
        of_page.after = next;
        if left == 0 || of_page.after.is_none() {
            break;
        }
    }
    let next = of_page.after.map(|next| next.word());
    Ok(self::csv(listed.as_str(), text, next.as_deref()))
}
