//! Rules about the sources, held by reading them as text. One test for each rule; a failure names
//! the file and line.

mod cycles;
mod hazards;
mod monitoring;
mod pages;
mod providers;
mod reference;
mod source;
mod statements;

use std::fs;
use std::path::{Path, PathBuf};

use refund_providers::contract::Verdict;
use source::{Source, Word};

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository, by its path from the root.
pub(crate) fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder, by their paths from the root, in order.
fn files_below(folder: &str) -> Vec<String> {
    let mut folders = vec![root().join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let mut names: Vec<String> = files
        .iter()
        .map(|file| file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The folders of Rust sources that are built into the service.
const SOURCES: [&str; 3] = ["src", "crates/providers/src", "crates/private-postgres/src"];

/// The folders of Rust sources that are built into libraries: those of the service, and the harness.
const LIBRARIES: [&str; 4] = [SOURCES[0], SOURCES[1], SOURCES[2], "crates/testing/src"];

/// The Rust sources of the service and of its crates.
fn sources() -> Vec<Source> {
    let files = SOURCES.into_iter().flat_map(files_below);
    let paths = files.filter(|path| path.ends_with(".rs"));
    let sources: Vec<Source> = paths.map(|path| Source::read(&path, &text_of(&path))).collect();
    assert!(sources.len() > 50, "only {} sources were found", sources.len());
    sources
}

/// Fails when anything was found, one line each.
fn hold(rule: &str, breaches: impl IntoIterator<Item = String>) {
    let breaches: Vec<String> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}

/// Where sources outside of the folders `inside` say one of `words`.
fn said_outside(inside: &[&str], words: &[Word]) -> Vec<String> {
    let is_inside = |source: &Source| inside.iter().any(|folder| source.path.starts_with(folder));
    let outside = sources().into_iter().filter(|source| !is_inside(source));
    outside.flat_map(|source| source.places_of(words)).collect()
}

#[test]
fn only_the_folders_http_api_and_console_know_axum() {
    let folders = ["src/http/", "src/api/", "src/console/"];
    let breaches = said_outside(&folders, &[Word::beginning("axum")]);
    hold("axum is known to src/http/, src/api/ and src/console/ only", breaches);
}

#[test]
fn only_the_store_folder_knows_sqlx() {
    let breaches = said_outside(&["src/store/"], &[Word::beginning("sqlx")]);
    hold("sqlx is known to src/store/ only: give Store a method", breaches);
}

#[test]
fn only_crypto_mints_proofs() {
    let words =
        ["Proof::verified", "Proof::decrypted", "Proof::bearer", "Proof::new", "Proof::from"];
    let words = words.map(Word::beginning);
    let mut breaches = said_outside(&["crates/providers/src/crypto/"], &words);

    let proof = Source::read(
        "crates/providers/src/crypto/proof.rs",
        &text_of("crates/providers/src/crypto/proof.rs"),
    );
    let (line, fields) = proof.block("pub struct Proof").expect("there is a Proof");
    if fields.contains("pub") {
        breaches.push(format!("{}:{line}: a field of Proof is visible", proof.path));
    }
    for (line, text) in proof.lines() {
        let gives_one = text.contains("-> Self") || text.contains("-> Proof");
        if gives_one && text.contains("pub fn") && !text.contains("self") {
            breaches.push(format!("{}:{line}: everybody can make a Proof", proof.path));
        }
    }
    let derives = text_of(&proof.path);
    let derives = derives.lines().zip(1..).filter(|(text, _)| text.starts_with("#[derive("));
    for (text, line) in
        derives.filter(|(text, _)| text.contains("Default") || text.contains("Deserialize"))
    {
        breaches.push(format!("{}:{line}: {text} makes one out of nothing", proof.path));
    }
    for source in sources() {
        for (line, text) in source.lines() {
            if text.contains(" for Proof ") {
                breaches.push(format!("{}:{line}: a trait could make a Proof", source.path));
            }
        }
    }
    hold("a Proof is made by crypto/ alone, where something was just verified", breaches);
}

/// The traits of a provider, and the file that declares them.
const TRAITS: [(&str, &[&str]); 2] = [
    (
        "crates/providers/src/contract/provider.rs",
        &["Authenticate", "Explain", "Normalize", "Respond", "Keys", "Simulate", "Provider"],
    ),
    ("crates/providers/src/contract/settings.rs", &["AccountSettings", "Settings"]),
];

#[test]
fn no_method_of_a_provider_has_a_default() {
    let mut breaches = Vec::new();
    for (path, names) in TRAITS {
        let text = text_of(path);
        assert_eq!(
            text.matches("pub trait ").count(),
            names.len(),
            "{path}: the traits are listed"
        );
        let source = Source::read(path, &text);
        for name in names {
            let (line, body) = source
                .block(&format!("pub trait {name}"))
                .unwrap_or_else(|| panic!("{path}: no trait {name}"));
            assert!(body.contains("fn "), "{path}:{line}: {body}");
            if body.contains('{') {
                breaches.push(format!("{path}:{line}: a method of {name} has a body"));
            }
        }
    }
    hold("the author of a provider decides everything: no defaults in its traits", breaches);
}

#[test]
fn no_rust_file_has_more_than_400_lines() {
    let folders = ["src", "crates", "tests", "benches", "fuzz/src", "fuzz/fuzz_targets"];
    let files = folders.into_iter().flat_map(files_below).filter(|path| path.ends_with(".rs"));
    let breaches = files.filter_map(|path| {
        let lines = text_of(&path).lines().count();
        (lines > 400).then(|| format!("{path}:401: {lines} lines"))
    });
    hold("a file can be read in one go: at most 400 lines", breaches);
}

#[test]
fn no_file_has_a_vague_name() {
    let empty = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];
    let all = ["src", "crates", "tests", "benches"].into_iter().flat_map(files_below);
    let breaches = all.filter_map(|path| {
        let named = path.split(['/', '.', '_']).any(|part| empty.contains(&part));
        named.then(|| format!("{path}:1: a name that says what the thing is"))
    });
    hold("names say what a thing is", breaches);
}

/// The file that has the words of verdicts, and the other files that have one of them, with the
/// reason. (SQL files contain them as values of columns and are no Rust sources.)
const VERDICT_WORDS_IN: [&str; 2] = [
    "crates/providers/src/contract/outcome.rs",
    // The name of a scenario on the command line of `simulate`.
    "crates/providers/src/contract/simulation.rs",
];

#[test]
fn the_words_of_verdicts_are_written_in_one_place() {
    let words = Verdict::ALL.map(|verdict| format!("\"{}\"", verdict.as_str()));
    let paths = SOURCES.into_iter().flat_map(files_below).filter(|path| path.ends_with(".rs"));
    let mut breaches = Vec::new();
    for path in paths.filter(|path| !VERDICT_WORDS_IN.contains(&path.as_str())) {
        let text = text_of(&path);
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (line, text) in (1..).zip(code.lines()) {
            let found = words.iter().find(|word| text.contains(word.as_str()));
            breaches.extend(found.map(|word| format!("{path}:{line}: {word}")));
        }
    }
    hold("the word of a verdict comes from Verdict::as_str()", breaches);
}

#[test]
fn the_code_contains_no_todo_macros() {
    let words = ["todo!", "unimplemented!", "dbg!"].map(Word::beginning);
    let files = LIBRARIES.into_iter().flat_map(files_below).filter(|path| path.ends_with(".rs"));
    let sources = files.map(|path| Source::read(&path, &text_of(&path)));
    let breaches = sources.flat_map(|source| source.places_of(&words));
    hold("no todo!, unimplemented! or dbg! in libraries", breaches);
}

#[test]
fn each_dependency_has_its_line_and_each_line_its_dependency() {
    let manifest = text_of("Cargo.toml");
    let page = text_of("docs/dependencies.md");
    let mut section = "";
    let mut direct = Vec::new();
    for (line, number) in manifest.lines().zip(1..) {
        if line.starts_with('[') {
            section = line;
        } else if section == "[workspace.dependencies]" {
            let name = line.split([' ', '=', '.']).next().unwrap_or_default();
            direct.extend((!name.is_empty() && !name.starts_with('#')).then_some((name, number)));
        }
    }
    assert!(direct.len() > 20, "{direct:?}");
    let explained: Vec<(&str, usize)> = page
        .lines()
        .zip(1..)
        .filter_map(|(line, number)| Some((line.strip_prefix("| `")?.split_once("` |")?.0, number)))
        .collect();
    let unexplained = direct
        .iter()
        .filter(|(name, _)| !explained.iter().any(|(known, _)| known == name))
        .map(|(name, line)| format!("Cargo.toml:{line}: {name} has no line"));
    let gone = explained
        .iter()
        .filter(|(known, _)| !direct.iter().any(|(name, _)| known == name))
        .map(|(name, line)| format!("docs/dependencies.md:{line}: {name} is no dependency"));
    hold("docs/dependencies.md says why each dependency is there", unexplained.chain(gone));
}
