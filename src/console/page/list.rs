//! What all lists have: filters that people choose most, and the way from page to page.

use maud::{Markup, html};

use super::query;
use crate::console::visit::Visit;
use crate::operator::Operator;

/// Returns the filters that people choose most, each with its name and its query.
pub(in crate::console) fn chips(visit: &Visit, path: &str, usual: &[(&str, &str)]) -> Markup {
    let is_current = |query: &str| query.trim_start_matches('?') == visit.query;
    html! {
        nav.chips aria-label="Usual filters" {
            @for (name, query) in usual {
                a href={ (path) (query) } aria-current=[is_current(query).then_some("true")] { (name) }
            }
        }
    }
}

/// Returns the way to the first page, to the next one, and to all rows as CSV.
pub(in crate::console) fn pages(
    visit: &Visit,
    path: &str,
    is_first: bool,
    next: Option<String>,
) -> Markup {
    let all = query::with(&visit.query, "after", None);
    html! {
        nav.pages aria-label="Pages of the list" {
            @if !is_first { a href={ (path) (all) } { "First page" } }
            @if let Some(next) = &next {
                a rel="next" href={ (path) (query::with(&visit.query, "after", Some(next))) } {
                    "Next page"
                }
            }
            a href={ (path) ".csv" (query::without(&visit.query, &["after", "limit"])) } { "CSV" }
        }
    }
}

/// Returns the names of the configured accounts, in order.
pub(in crate::console) fn account_names(operator: &Operator) -> Vec<String> {
    let mut names: Vec<String> = operator.accounts.borrow().names().map(str::to_owned).collect();
    names.sort_unstable();
    names
}
