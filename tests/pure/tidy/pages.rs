//! The pages agree with what they name: tests, log lines, files, and the places that they link to.

use super::{files_below, hold, root, text_of};

/// All Rust sources of the workspace, in one text.
fn all_sources() -> String {
    let folders = ["src", "crates", "tests"];
    let paths = folders.into_iter().flat_map(files_below).filter(|path| path.ends_with(".rs"));
    paths.map(|path| text_of(&path)).collect()
}

/// The pages for readers: those of the root, of `docs/` and of the folders that have one.
fn pages() -> Vec<String> {
    let root_pages = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let folders = ["docs", "deploy", "migrations", "tests", "crates"];
    let below = folders.into_iter().flat_map(files_below).filter(|path| path.ends_with(".md"));
    root_pages.into_iter().map(str::to_owned).chain(below).collect()
}

/// What stands between backticks, with its line.
fn quoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines());
    lines.flat_map(|(line, text)| {
        text.split('`').skip(1).step_by(2).map(move |quoted| (line, quoted))
    })
}

#[test]
fn every_test_that_a_page_names_exists() {
    let sources = all_sources();
    let named = |path: &String| {
        *path == "docs/architecture.md"
            || *path == "docs/hazards.md"
            || path.starts_with("docs/decisions/")
    };
    let mut breaches = Vec::new();
    for path in pages().into_iter().filter(named) {
        for (line, name) in quoted(&text_of(&path)) {
            let characters = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
            // These pages write nothing else in four words or more than tests and metrics.
            let is_test = name.bytes().all(characters)
                && name.split('_').count() >= 4
                && !name.starts_with("refund_inbox_");
            if is_test && !sources.contains(&format!("fn {name}(")) {
                breaches.push(format!("{path}:{line}: there is no test {name}"));
            }
        }
    }
    hold("a test that a page names exists", breaches);
}

#[test]
fn every_log_line_of_the_operators_guide_is_written_by_the_service() {
    const PAGE: &str = "docs/operating.md";
    let sources = all_sources();
    let page = text_of(PAGE);
    let table = page.split("\n## ").find(|part| part.starts_with("Log lines\n"));
    let table = table.expect("the guide has a table of log lines");
    let rows = table.lines().filter(|row| row.starts_with("| `"));
    let lines = rows.filter_map(|row| row.strip_prefix("| ")?.split(" | ").next());
    let mut breaches = Vec::new();
    for (_, message) in lines.flat_map(quoted) {
        // The service puts `delivery` and the verdict together.
        let message = message.strip_prefix("delivery ").unwrap_or(message);
        let missing = message.split('…').map(str::trim).find(|part| !sources.contains(part));
        breaches.extend(missing.map(|part| format!("{PAGE}: nothing logs {part:?}")));
    }
    hold("the operator's guide lists log lines that exist", breaches);
}

/// The texts of the log messages in a source, up to their first placeholder. Messages at the level
/// debug are for developers.
fn log_messages(code: &str) -> impl Iterator<Item = &str> {
    let calls = ["info!(", "warn!(", "error!("];
    let begins = calls.into_iter().flat_map(|call| code.match_indices(call));
    begins.filter_map(|(at, _)| {
        let call = &code[at..at + code[at..].find(";\n").or(code[at..].find(",\n"))?];
        // The message is the first literal that is not the value of a field.
        let mut parts = call.split('"');
        let mut before = parts.next()?;
        loop {
            let literal = parts.next()?;
            if !before.trim_end().ends_with('=') {
                return literal.split(['{', '\\']).next().filter(|text| !text.is_empty());
            }
            before = parts.next()?;
        }
    })
}

#[test]
fn every_log_line_of_the_service_is_in_the_operators_guide() {
    let page = text_of("docs/operating.md");
    let rows = page.lines().filter(|row| row.starts_with("| `"));
    let rows = rows.filter_map(|row| row.strip_prefix("| ")?.split(" | ").next()).flat_map(quoted);
    let known: Vec<(&str, bool)> = rows
        .map(|(_, row)| (row.split('…').next().unwrap_or_default().trim(), row.contains('…')))
        .filter(|(row, _)| !row.is_empty())
        .collect();
    let is_known = |message: &str| {
        let matches =
            |(row, goes_on): &(&str, bool)| message == *row || *goes_on && message.starts_with(row);
        known.iter().any(matches)
    };
    let (mut breaches, mut count) = (Vec::new(), 0);
    for path in files_below("src").into_iter().filter(|path| path.ends_with(".rs")) {
        for message in log_messages(&text_of(&path)) {
            count += 1;
            if !is_known(message) {
                breaches.push(format!("{path}: {message:?} is not in docs/operating.md"));
            }
        }
    }
    assert!(count > 30, "only {count} log messages were found");
    hold("the operator's guide has every log line", breaches);
}

#[test]
fn every_link_between_pages_leads_to_a_file_and_a_heading() {
    let mut breaches = Vec::new();
    for path in pages() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, text) in (1..).zip(text_of(&path).lines()) {
            let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            for target in targets.filter(|target| !target.contains("://")) {
                let (file, heading) = target.split_once('#').unwrap_or((target, ""));
                let file = match file {
                    "" => root().join(&path),
                    file => root().join(folder).join(file),
                };
                let leads = if heading.is_empty() {
                    file.exists()
                } else {
                    std::fs::read_to_string(&file).is_ok_and(|page| has_heading(&page, heading))
                };
                if !leads {
                    breaches.push(format!("{path}:{line}: {target} leads nowhere"));
                }
            }
        }
    }
    hold("links between pages lead somewhere", breaches);
}

/// The folders in which a page's short paths begin, besides the root and the page's own folder.
const BASES: [&str; 3] = ["src", "crates/providers/src", "tests/fixtures/generate"];

/// Whether a page means a file or folder by this: a path of two parts or more that ends in `/` or in
/// an extension, without a placeholder.
fn is_path(quoted: &str) -> bool {
    let is_part = |part: &str| {
        let characters = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        part == "…" || part.chars().all(characters) && part.to_uppercase() != part
    };
    let parts: Vec<&str> = quoted.trim_end_matches('/').split('/').collect();
    let last = parts.last().is_some_and(|last| last.contains('.'));
    parts.len() > 1 && parts.iter().all(|part| is_part(part)) && (last || quoted.ends_with('/'))
}

#[test]
fn every_file_that_a_page_names_exists() {
    let mut breaches = Vec::new();
    for path in pages() {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let bases = BASES.into_iter().chain(["", folder]);
        for (line, named) in quoted(&text_of(&path)).filter(|(_, quoted)| is_path(quoted)) {
            let file = named.trim_start_matches("…/");
            if !bases.clone().any(|base| root().join(base).join(file).exists()) {
                breaches.push(format!("{path}:{line}: there is no {named}"));
            }
        }
    }
    hold("a file that a page names exists", breaches);
}

/// Whether a page has a heading with this anchor.
pub(super) fn has_heading(page: &str, anchor: &str) -> bool {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| line.trim_start_matches('#').trim()).any(|heading| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
        let own: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        own.to_lowercase() == anchor
    })
}
