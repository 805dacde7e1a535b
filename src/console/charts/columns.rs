//! A chart of columns: one for each span of time, with a part for each word.

use maud::{Markup, html};

use super::counts::Counts;
use super::spans::Spans;

/// The height of the drawing, and the width of a span in it. The style sheet stretches both.
const HEIGHT: i64 = 1000;
const WIDTH: usize = 100;

/// Draws counts over time. `link` leads from a span and a word to the rows that are counted there.
pub(in crate::console) fn columns(
    title: &str,
    spans: &Spans,
    counts: &Counts,
    link: impl Fn(usize, &str) -> String,
) -> Markup {
    let counts = counts.only_used();
    let scale = counts.scale();
    let width = WIDTH * spans.names.len();
    let last = spans.names.len().saturating_sub(1);
    let name = |place: usize| spans.names.get(place).map_or("", String::as_str);
    html! {
        figure.chart {
            figcaption {
                b { (title) " " small { (spans.zone) } }
                ul.legend {
                    @for (column, word) in counts.words.iter().enumerate() {
                        li.mark.{ "is-" (word) } {
                            (word.replace('_', " ")) " " b { (counts.of_word(column)) }
                        }
                    }
                }
            }
            @if counts.all() == 0 {
                p.empty { "Nothing in this time." }
            } @else {
                div.plot {
                    span.scale { (scale) }
                    svg viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none"
                        aria-hidden="true" {
                        line.grid x1="0" x2=(width) y1="1" y2="1" {}
                        line.grid x1="0" x2=(width) y1=(HEIGHT / 2) y2=(HEIGHT / 2) {}
                        line.grid x1="0" x2=(width) y1=(HEIGHT - 1) y2=(HEIGHT - 1) {}
                        @for (place, row) in counts.rows().iter().enumerate() {
                            @for part in parts(row, scale) {
                                @let word = counts.words.get(part.column).copied().unwrap_or("");
                                a href=(link(place, word)) tabindex="-1" {
                                    rect.{ "is-" (word) } x=(place * WIDTH + 10) y=(part.top)
                                        width=(WIDTH - 20) height=(part.height) {
                                        title {
                                            (name(place)) ": " (part.count) " "
                                            (word.replace('_', " "))
                                        }
                                    }
                                }
                            }
                        }
                    }
                    div.axis {
                        span { (name(0)) } span { (name(last / 2)) } span { (name(last)) }
                    }
                }
                (table(spans, &counts, link))
            }
        }
    }
}

/// One part of a column.
struct Part {
    column: usize,
    count: i64,
    top: i64,
    height: i64,
}

/// Returns the parts of a column from the bottom up. A part is visible even if its count is small.
fn parts(row: &[i64], scale: i64) -> Vec<Part> {
    let mut bottom = HEIGHT;
    let mut parts = Vec::new();
    for (column, count) in row.iter().copied().enumerate().filter(|(_, count)| *count > 0) {
        let height = (count.saturating_mul(HEIGHT) / scale.max(1)).max(HEIGHT / 100);
        let top = bottom.saturating_sub(height);
        parts.push(Part { column, count, top, height });
        bottom = top;
    }
    parts
}

/// Returns the counts as a table, for who would rather read. Spans without a count are left out.
fn table(spans: &Spans, counts: &Counts, link: impl Fn(usize, &str) -> String) -> Markup {
    html! {
        details {
            summary { "as a table" }
            table.plain {
                thead { tr {
                    th scope="col" { "from" }
                    @for word in &counts.words { th.number scope="col" { (word.replace('_', " ")) } }
                } }
                tbody {
                    @for (place, row) in counts.rows().iter().enumerate().rev() {
                        @if row.iter().any(|count| *count > 0) {
                            tr {
                                th scope="row" {
                                    (spans.names.get(place).map_or("", String::as_str))
                                }
                                @for (word, count) in counts.words.iter().zip(row) {
                                    td.number {
                                        @if *count > 0 { a href=(link(place, word)) { (count) } }
                                        @else { span.none { "0" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn the_parts_of_a_column_stand_on_each_other_and_small_ones_are_visible() {
        let parts = parts(&[50, 0, 1, 40], 1000);
        let found: Vec<_> = parts.iter().map(|it| (it.column, it.top, it.height)).collect();
        assert_eq!(found, [(0, 950, 50), (2, 940, 10), (3, 900, 40)]);
    }
}
