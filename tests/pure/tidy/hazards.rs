//! `docs/hazards.md` lists every hazard with the tests that carry its number, and no others.

use std::collections::{BTreeMap, BTreeSet};

use super::{files_below, hold, text_of};

const PAGE: &str = "docs/hazards.md";

/// A test, as `path: name`.
type Test = (String, String);

/// The hazards of the table, each with its line and the tests that its row names.
fn rows() -> BTreeMap<u32, (usize, Vec<Test>)> {
    let mut rows = BTreeMap::new();
    for (line, text) in (1..).zip(text_of(PAGE).lines()) {
        let mut cells = text.split(" | ");
        let number = cells.next().and_then(|cell| cell.strip_prefix("| ")?.parse().ok());
        let Some(number) = number else { continue };
        let tests = cells.last().map(named_in).unwrap_or_default();
        let before = rows.insert(number, (line, tests));
        assert!(before.is_none(), "{PAGE}:{line}: hazard {number} has two rows");
    }
    rows
}

/// Reads a cell such as `` `path`: `name`, `name`; `path`: `name` ``.
fn named_in(cell: &str) -> Vec<Test> {
    let mut path = String::new();
    let mut tests = Vec::new();
    // Every second part lies between backticks.
    for quoted in cell.split('`').skip(1).step_by(2) {
        if quoted.starts_with("hazard_") {
            tests.push((path.clone(), quoted.to_owned()));
        } else {
            quoted.clone_into(&mut path);
        }
    }
    tests
}

/// All tests of the sources whose names begin with `hazard_`.
fn tests_of_the_sources() -> BTreeSet<Test> {
    let folders = ["src", "crates", "tests"];
    let paths = folders.into_iter().flat_map(files_below).filter(|path| path.ends_with(".rs"));
    let mut tests = BTreeSet::new();
    for path in paths {
        for line in text_of(&path).lines() {
            let declared = line.trim_start().trim_start_matches("async ").strip_prefix("fn ");
            let name = declared.and_then(|rest| rest.split('(').next());
            if let Some(name) = name.filter(|name| name.starts_with("hazard_")) {
                tests.insert((path.clone(), name.to_owned()));
            }
        }
    }
    tests
}

#[test]
fn the_page_of_hazards_has_a_row_for_each_of_them() {
    let rows = rows();
    let numbers = || (1..=33).chain(40..=45);
    let missing = numbers().filter(|number| !rows.contains_key(number));
    let missing = missing.map(|number| format!("{PAGE}:1: hazard {number} has no row"));
    let unknown = rows.iter().filter(|(number, _)| !numbers().any(|it| it == **number));
    let unknown = unknown.map(|(number, (line, _))| format!("{PAGE}:{line}: no hazard {number}"));
    hold("the page lists the hazards 1 to 33 and 40 to 45", missing.chain(unknown));
}

#[test]
fn each_hazard_names_its_tests_and_each_test_of_a_hazard_is_named() {
    let found = tests_of_the_sources();
    let mut named = BTreeSet::new();
    let mut breaches = Vec::new();
    for (number, (line, tests)) in rows() {
        if tests.is_empty() {
            breaches.push(format!("{PAGE}:{line}: hazard {number} has no test"));
        }
        for test in tests {
            let (path, name) = &test;
            if !found.contains(&test) {
                breaches.push(format!("{PAGE}:{line}: there is no {name} in {path}"));
            }
            if !name.starts_with(&format!("hazard_{number:02}_")) {
                breaches.push(format!("{PAGE}:{line}: {name} belongs to another hazard"));
            }
            named.insert(test);
        }
    }
    let forgotten = found.difference(&named);
    breaches.extend(forgotten.map(|(path, name)| format!("{PAGE}:1: {name} of {path} is missing")));
    hold("the page of hazards and the tests agree", breaches);
}
