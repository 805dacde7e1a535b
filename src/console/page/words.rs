//! How amounts, statuses and the texts of providers are shown.

use maud::{Markup, html};

use crate::rendering::major_units;
use crate::rendering::printable::printable;
use crate::store::Row;
use refund_providers::refund::money::in_major_units;

/// Shows the amount of a row in major units, with its currency.
pub(in crate::console) fn amount(row: &Row) -> Markup {
    match major_units(row) {
        Some(amount) => html! { span.amount { (amount) " " small { (row.text("currency")) } } },
        None => html! { span.none { "–" } },
    }
}

/// Shows an amount in minor units in major ones, with its currency.
pub(in crate::console) fn minor(
    minor: Option<i64>,
    exponent: Option<i64>,
    currency: &str,
) -> Markup {
    let exponent = exponent.and_then(|exponent| u8::try_from(exponent).ok());
    match minor.zip(exponent) {
        Some((minor, exponent)) => html! {
            span.amount { (in_major_units(minor, exponent)) " " small { (currency) } }
        },
        None => html! { span.none { "–" } },
    }
}

/// Shows a word with the colour that it has in charts: a status, a verdict, a role.
pub(in crate::console) fn mark(word: &str) -> Markup {
    html! { span.mark.{ "is-" (word) } { (word.replace('_', " ")) } }
}

/// Shows a text of a provider. Characters that would change the direction of the page are escaped,
/// and Chinese gets the glyphs of Chinese.
pub(in crate::console) fn text(text: &str) -> Markup {
    let shown = printable(text);
    match shown.chars().any(is_han) {
        true => html! { span lang="zh" { (shown) } },
        false => html! { (shown) },
    }
}

/// Shows what a person wrote, with its lines.
pub(in crate::console) fn written(note: &str) -> Markup {
    html! {
        @for (number, line) in note.trim_end().lines().enumerate() {
            @if number > 0 { br; }
            (text(line))
        }
    }
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Shows facts, each with its name.
pub(in crate::console) fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in facts {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_note_keeps_its_lines_and_nothing_else_that_could_control_the_page() {
        for (note, shown) in [
            ("one", "one"),
            ("one\r\ntwo\n\nfour\n", "one<br>two<br><br>four"),
            ("<b>\n退款", "&lt;b&gt;<br><span lang=\"zh\">退款</span>"),
            ("a\tb\u{202e}c", "a\\tb\\u{202e}c"),
        ] {
            assert_eq!(written(note).into_string(), shown);
        }
    }
}
