//! The fields of filters.

use maud::{Markup, html};

/// Returns the form of a list: the usual fields, and the rare ones, which are folded unless one is in
/// use.
pub(in crate::console) fn filters(
    path: &str,
    usual: &Markup,
    rare: &Markup,
    is_open: bool,
) -> Markup {
    html! {
        form.filters method="get" {
            (usual)
            details open[is_open] {
                summary { "More filters" }
                div.more { (rare) }
            }
            div.buttons {
                button type="submit" { "Show" }
                a href=(path) { "Clear" }
            }
        }
    }
}

/// Returns a field for a text.
pub(in crate::console) fn field(
    name: &str,
    label: &str,
    value: Option<&String>,
    example: &str,
) -> Markup {
    html! {
        label { span { (label) } input type="text" name=(name) value=[value] placeholder=(example); }
    }
}

/// Returns a choice of one word, or of any.
pub(in crate::console) fn choice(
    name: &str,
    label: &str,
    value: Option<&String>,
    words: &[&str],
) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) {
                option value="" { "any" }
                @for word in words {
                    option value=(word) selected[value.is_some_and(|value| value == word)] { (word.replace('_', " ")) }
                }
            }
        }
    }
}

/// Returns a choice of several words.
pub(in crate::console) fn choices(
    name: &str,
    label: &str,
    values: &[String],
    words: &[&str],
) -> Markup {
    html! {
        fieldset {
            legend { (label) }
            @for word in words {
                label.check {
                    input type="checkbox" name=(name) value=(word)
                        checked[values.iter().any(|value| value == word)];
                    span { (word.replace('_', " ")) }
                }
            }
        }
    }
}

/// Returns a box to check.
pub(in crate::console) fn check(name: &str, label: &str, is_checked: bool) -> Markup {
    html! {
        label.check {
            input type="checkbox" name=(name) value="true" checked[is_checked];
            span { (label) }
        }
    }
}

/// Returns a field that nobody sees.
pub(in crate::console) fn hidden(name: &str, value: Option<&str>) -> Markup {
    html! {
        @if let Some(value) = value { input type="hidden" name=(name) value=(value); }
    }
}
