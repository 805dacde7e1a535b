//! Compares what a command printed with what a guide shows.
//!
//! A guide leaves something out with `…`: on a line of its own it stands for one line or more, and
//! within a line for one character or more. Nothing else may differ, except for the figures that
//! [`FIGURES`] names.

/// The lines with figures of speed, which no two runs share, by the words that they contain. Only
/// the digits are not compared.
const FIGURES: [&str; 1] = [" a second; p50 "];

/// What stands for something that was left out.
const LEFT_OUT: &str = "…";

/// Returns whether an output is as the guide shows it. Empty lines at the end do not count.
pub(super) fn is_met(expected: &[String], printed: &str) -> bool {
    let lines = |lines: Vec<&str>| {
        let mut lines: Vec<String> = lines.into_iter().map(without_figures).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    };
    let expected = lines(expected.iter().map(String::as_str).collect());
    let printed = lines(printed.lines().collect());
    all_match(&expected, &printed)
}

fn all_match(expected: &[String], printed: &[String]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return printed.is_empty() };
    if first.trim() == LEFT_OUT {
        return (1..=printed.len()).any(|left_out| all_match(rest, &printed[left_out..]));
    }
    printed.first().is_some_and(|line| matches(first, line)) && all_match(rest, &printed[1..])
}

fn matches(expected: &str, printed: &str) -> bool {
    let Some((begin, rest)) = expected.split_once(LEFT_OUT) else { return expected == printed };
    let Some(printed) = printed.strip_prefix(begin) else { return false };
    let places = printed.char_indices().map(|(place, character)| place + character.len_utf8());
    places.into_iter().any(|place| matches(rest, &printed[place..]))
}

fn without_figures(line: &str) -> String {
    let line = line.trim_end();
    if !FIGURES.iter().any(|words| line.contains(words)) {
        return line.to_owned();
    }
    let mut shown = String::new();
    for character in line.chars() {
        match character.is_ascii_digit() {
            true if shown.ends_with('0') => {}
            true => shown.push('0'),
            false => shown.push(character),
        }
    }
    shown
}

#[test]
fn only_what_is_left_out_may_differ() {
    let met = |expected: &[&str], printed: &str| {
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        is_met(&expected, printed)
    };
    assert!(met(&["a", "b"], "a\nb\n\n"));
    assert!(met(&["a", "…"], "a\nb\nc\n"));
    assert!(met(&["…", "b"], "a\nb\n"));
    assert!(met(&["id 01…  x"], "id 0123  x\n"));
    assert!(met(&["388 a second; p50 12.9 ms"], "40 a second; p50 1.0 ms\n"));
    for (expected, printed) in [
        (&["a", "b"][..], "a\n"),
        (&["a"], "a\nb\n"),
        (&["a", "…"], "a\n"),
        (&["id 01…  x"], "id 0123  y\n"),
        (&["id 01…  x"], "id 01  x\n"),
        (&["200 of 3"], "201 of 3\n"),
        (&["388 a second; p50 12.9 ms"], "40 a second; p50 1.0 s\n"),
        (&[], "a\n"),
    ] {
        assert!(!met(expected, printed), "{expected:?} {printed:?}");
    }
}
