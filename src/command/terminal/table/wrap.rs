//! Breaks text into lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// After these, a word that is too long for a line is broken rather than elsewhere.
const JOINTS: [char; 9] = ['/', '?', '&', ',', ';', ':', '=', '_', '-'];

/// Breaks text into lines of at most `width` columns, at spaces if possible.
pub(in crate::command) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        let is_too_long = line.width() + word.trim_end().width() > width;
        if is_too_long && !line.trim_end().is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        let mut rest = word;
        while rest.trim_end().width() > width
            && let Some((begin, end)) = rest.split_at_checked(break_of(rest, width))
            && !end.is_empty()
        {
            lines.push(begin.to_owned());
            rest = end;
        }
        line.push_str(rest);
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Breaks a command for a shell before its options, if it is longer than `width` columns. Each line
/// but the last ends in a backslash, so the whole can be copied.
pub(super) fn continued(command: &str, width: usize) -> Vec<String> {
    const CONTINUED: &str = " \\";
    const INDENT: &str = "    ";
    if command.width() <= width {
        return vec![command.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    let mut parts = command.split(" --");
    let mut line = parts.next().unwrap_or_default().to_owned();
    for option in parts {
        if line.width() + option.width() + " --".len() + CONTINUED.len() > width {
            lines.push(line + CONTINUED);
            line = format!("{INDENT}--{option}");
        } else {
            line = format!("{line} --{option}");
        }
    }
    lines.push(line);
    lines
}

/// Returns where a word that is wider than `width` is broken, in bytes; at least one character comes
/// before.
fn break_of(word: &str, width: usize) -> usize {
    let mut used = 0;
    let mut fits = 0;
    let mut joint = None;
    for (place, character) in word.char_indices() {
        used += character.width().unwrap_or_default();
        if used > width && fits > 0 {
            break;
        }
        fits = place + character.len_utf8();
        if JOINTS.contains(&character) && used * 2 > width {
            joint = Some(fits);
        }
    }
    joint.unwrap_or(fits)
}

#[cfg(test)]
mod tests {
    use super::{continued, wrapped};

    #[test]
    fn text_is_broken_at_spaces_then_after_joints_then_anywhere() {
        for (text, width, expected) in [
            ("", 5, vec![""]),
            ("one two", 7, vec!["one two"]),
            ("one two", 6, vec!["one", "two"]),
            ("one  two ", 4, vec!["one", "two"]),
            ("https://pay.example/notify", 22, vec!["https://pay.example/", "notify"]),
            ("abcdefgh", 3, vec!["abc", "def", "gh"]),
            ("a abcdefgh", 3, vec!["a", "abc", "def", "gh"]),
            ("退款退款", 5, vec!["退款", "退款"]),
            ("退", 1, vec!["退"]),
        ] {
            assert_eq!(wrapped(text, width), expected, "{text:?} at {width}");
        }
    }

    #[test]
    fn a_command_goes_on_after_a_backslash_and_is_the_same_command() {
        let command = "refund-inbox deliveries list --waiting --account hk --reason stale";
        assert_eq!(continued(command, 80), [command]);
        for width in 32..80 {
            let lines = continued(command, width);
            assert!(lines.iter().all(|line| line.len() <= width), "{width}: {lines:#?}");
            let joined = lines.join("\n").replace(" \\\n    ", " ");
            assert_eq!(joined, command);
        }
    }
}
