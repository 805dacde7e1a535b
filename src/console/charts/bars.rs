//! A chart of bars: one row for each group, with a part for each word.

use maud::{Markup, html};

use super::counts::Counts;

/// The length of the longest bar. The style sheet stretches it.
const LENGTH: i64 = 1000;

/// Draws counts of groups that have these names. `link` leads from a group and a word to its rows.
pub(in crate::console) fn bars(
    title: &str,
    names: &[&str],
    counts: &Counts,
    link: impl Fn(usize, &str) -> Option<String>,
) -> Markup {
    let counts = counts.only_used();
    let scale = counts.scale();
    html! {
        figure.chart {
            figcaption {
                b { (title) }
                ul.legend {
                    @for word in &counts.words {
                        li.mark.{ "is-" (word) } { (word.replace('_', " ")) }
                    }
                }
            }
            @if counts.all() == 0 {
                p.empty { "None." }
            } @else {
                table.bars {
                    tbody {
                        @for (place, (name, row)) in names.iter().zip(counts.rows()).enumerate() {
                            tr {
                                th scope="row" { (name) }
                                td { (bar(row, &counts, scale)) }
                                td.number { (numbers(row, &counts, |word| link(place, word))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn bar(row: &[i64], counts: &Counts, scale: i64) -> Markup {
    let mut left = 0;
    let mut parts = Vec::new();
    for (word, count) in counts.words.iter().zip(row).filter(|(_, count)| **count > 0) {
        let length = (count.saturating_mul(LENGTH) / scale.max(1)).max(LENGTH / 100);
        parts.push((word, left, length));
        left += length;
    }
    html! {
        svg viewBox={ "0 0 " (LENGTH) " 10" } preserveAspectRatio="none" aria-hidden="true" {
            @for (word, left, length) in parts {
                rect.{ "is-" (word) } x=(left) y="0" width=(length) height="10" {}
            }
        }
    }
}

fn numbers(row: &[i64], counts: &Counts, link: impl Fn(&str) -> Option<String>) -> Markup {
    let used: Vec<_> = counts.words.iter().zip(row).filter(|(_, count)| **count > 0).collect();
    html! {
        @if used.is_empty() { span.none { "0" } }
        @for (place, (word, count)) in used.iter().enumerate() {
            @if place > 0 { " + " }
            @let named = format!("{count} {}", word.replace('_', " "));
            @match link(word) {
                Some(link) => { a href=(link) title=(named) { (count) } }
                None => { span title=(named) { (count) } }
            }
        }
    }
}
