//! Every SQL statement in the sources is in the list of statements whose plans are tested.

use testing::statements::{STATEMENTS, Statement, Text, with_single_spaces};

use super::source::quoted_texts;
use super::{files_below, hold, text_of};

/// The folder of all SQL.
const FOLDER: &str = "src/store";

/// The first words of statements.
const VERBS: [&str; 19] = [
    "alter", "begin", "call", "commit", "copy", "create", "delete", "do", "drop", "explain",
    "insert", "listen", "lock", "merge", "select", "set", "truncate", "update", "with",
];

/// Returns each statement in the sources: its place, and its text.
fn statements() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for path in files_below(FOLDER) {
        let text = text_of(&path);
        if path.ends_with(".sql") {
            all.push((format!("{path}:1"), text));
            continue;
        }
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (line, quoted) in quoted_texts(code) {
            let first = quoted.split([' ', '\n', ';']).next().unwrap_or_default();
            if quoted.contains(' ') && VERBS.contains(&first.to_lowercase().as_str()) {
                all.push((format!("{path}:{line}"), quoted));
            }
        }
    }
    assert!(all.len() > 40, "only {} statements were found", all.len());
    all
}

#[test]
fn every_statement_is_in_the_list_and_the_list_has_no_other() {
    let statements = statements();
    let unlisted = statements
        .iter()
        .filter(|(_, text)| !STATEMENTS.iter().any(|statement| statement.is(text, text_of)))
        .map(|(place, text)| format!("{place}: {}", with_single_spaces(text)));
    let is_gone =
        |statement: &&Statement| !statements.iter().any(|(_, text)| statement.is(text, text_of));
    let gone = STATEMENTS.iter().filter(is_gone).map(|statement| match statement.text {
        Text::File(path) => format!("{path}: there is no such statement"),
        Text::Begins(begin) => format!("{FOLDER}: no statement begins with: {begin}"),
    });
    hold(
        "crates/testing/src/statements.rs lists every statement with its cost, and \
         tests/service/statements/work.rs runs it",
        unlisted.chain(gone),
    );
}
