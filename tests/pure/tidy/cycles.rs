//! No module depends on itself by way of others, and no folder does.
//!
//! A module depends on those whose items it imports or names by a path. A re-exported item counts
//! for the module that defines it, so that a parent's contents page (`mod`, `pub use`) is no
//! dependency. Unit tests do not count.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::{LIBRARIES, SOURCES, files_below, hold, text_of};

/// A module by its path from the root of its crate, which is the empty path.
type Module = Vec<String>;

/// For each node those that it depends on, each with a line that shows it.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// The modules of one crate.
#[derive(Default)]
struct Crate {
    files: BTreeMap<Module, Source>,
    /// What each module imports: the name there, and the path behind it.
    names: BTreeMap<Module, BTreeMap<String, String>>,
}

impl Crate {
    /// Reads the files below `folder`. The main file of a binary is not a module of the library.
    fn read(folder: &str) -> Self {
        let files = files_below(folder).into_iter().filter(|path| path.ends_with(".rs"));
        let files = files.filter(|path| *path != format!("{folder}/main.rs"));
        Self::of(folder, files.map(|path| (text_of(&path), path)))
    }

    /// Takes the texts of files, each with its path.
    fn of(folder: &str, files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all = Self::default();
        for (text, path) in files {
            let inner = path.strip_prefix(folder).unwrap().trim_start_matches('/');
            let inner = inner.strip_suffix(".rs").unwrap();
            let mut module: Module = inner.split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
                module.pop();
            }
            let source = Source::read(&path, &text).without_tests();
            let names = source.imports().into_iter().map(|import| {
                let last = import.path.rsplit("::").next().unwrap_or_default().to_owned();
                (import.alias.unwrap_or(last), import.path)
            });
            all.names.insert(module.clone(), names.collect());
            all.files.insert(module, source);
        }
        all
    }

    /// The module that defines what `path` means in `module`; `None` for other crates.
    fn definer(&self, module: &Module, path: &str) -> Option<Module> {
        self.follow(module, path, 0)
    }

    fn follow(&self, module: &Module, path: &str, depth: usize) -> Option<Module> {
        assert!(depth < 20, "{path} in {} leads round in a circle", module.join("::"));
        let mut current = module.clone();
        let mut segments = path.split("::").peekable();
        match *segments.peek()? {
            "crate" => current.clear(),
            "self" | "super" => {}
            first if self.files.contains_key(&child(module, first)) => {}
            _ => return None,
        }
        for segment in segments {
            let inner = child(&current, segment);
            if segment == "super" {
                current.pop()?;
            } else if ["crate", "self", "*"].contains(&segment) {
            } else if self.files.contains_key(&inner) {
                current = inner;
            } else {
                // An item: of this module, unless it is one that it imports.
                let name = self.names.get(&current).and_then(|names| names.get(segment));
                let imported = name.and_then(|path| self.follow(&current, path, depth + 1));
                return Some(imported.unwrap_or(current));
            }
        }
        Some(current)
    }

    /// Which modules depend on which.
    fn modules(&self) -> Graph {
        let mut graph = Graph::new();
        for (module, source) in &self.files {
            let imports = source.imports().into_iter();
            let imports = imports.map(|import| (import.line, import.path, import.is_public));
            let inline = self.inline_paths(module, source);
            for (line, path, is_public) in imports.chain(inline) {
                let Some(other) = self.definer(module, &path) else { continue };
                let is_contents_page = is_public && other.starts_with(module);
                if other != *module && !is_contents_page {
                    let place = format!("{}:{line}", source.path);
                    let others = graph.entry(name_of(module)).or_default();
                    others.entry(name_of(&other)).or_insert(place);
                }
            }
        }
        graph
    }

    /// The paths in the code itself that begin with `crate`, `super` or the name of a child module.
    fn inline_paths(&self, module: &Module, source: &Source) -> Vec<(usize, String, bool)> {
        let code = source.code_without_imports();
        let is_part = |character: char| character.is_alphanumeric() || "_:.".contains(character);
        let mut paths = Vec::new();
        for (line, text) in (1..).zip(code.lines()) {
            for (at, _) in text.match_indices("::") {
                let begin = text[..at]
                    .rfind(|before| !is_part(before))
                    .map_or(0, |end| end + text[end..].chars().next().map_or(0, char::len_utf8));
                let first = &text[begin..at];
                let is_visibility = text[..begin].ends_with("in ");
                let is_known = ["crate", "super"].contains(&first)
                    || self.files.contains_key(&child(module, first));
                if is_known && !is_visibility {
                    let rest = &text[begin..];
                    let end = rest.find(|after| !is_part(after)).unwrap_or(rest.len());
                    let path = rest[..end].split('.').next().unwrap_or_default();
                    paths.push((line, path.trim_end_matches(':').to_owned(), false));
                }
            }
        }
        paths
    }

    /// Which folders and files directly below the root depend on which.
    fn folders(&self) -> Graph {
        let mut graph = Graph::new();
        let top = |name: &str| name.split("::").next().unwrap_or_default().to_owned();
        for (module, others) in self.modules() {
            for (other, place) in others {
                let (from, to) = (top(&module), top(&other));
                if from != to {
                    graph.entry(from).or_default().entry(to).or_insert(place);
                }
            }
        }
        graph
    }
}

fn child(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn name_of(module: &Module) -> String {
    if module.is_empty() { "crate".to_owned() } else { module.join("::") }
}

/// The shortest way from `from` to `to`.
fn way(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::from([from.to_owned()]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in graph.get(way.last().unwrap()).into_iter().flat_map(BTreeMap::keys) {
                let longer_way: Vec<String> = way.iter().chain([next]).cloned().collect();
                if next == to {
                    return Some(longer_way);
                }
                if seen.insert(next.clone()) {
                    longer.push(longer_way);
                }
            }
        }
        ways = longer;
    }
    None
}

/// A shortest cycle through each node that is on one, each once, as `a → b → a`, with the lines
/// that show its dependencies.
fn cycles(graph: &Graph) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for node in graph.keys() {
        let Some(mut way) = way(graph, node, node) else { continue };
        // It begins with its smallest name, so that it is the same for each of its nodes.
        way.pop();
        let first = way.iter().enumerate().min_by_key(|(_, name)| *name).map_or(0, |(at, _)| at);
        way.rotate_left(first);
        way.push(way[0].clone());
        let places = way.windows(2).map(|pair| graph[&pair[0]][&pair[1]].clone());
        found.insert(way.join(" → "), places.collect());
    }
    found
}

fn breaches(graph: &Graph) -> Vec<String> {
    let found = cycles(graph).into_iter();
    found.map(|(cycle, places)| format!("{cycle} ({})", places.join(", "))).collect()
}

#[test]
fn no_module_depends_on_itself_through_others() {
    let all = LIBRARIES.into_iter().flat_map(|folder| breaches(&Crate::read(folder).modules()));
    hold("modules have no cycles: move what both need into a module of its own", all);
}

#[test]
fn no_folder_depends_on_itself_through_others() {
    // In the harness, a server can be made from a service and a service runs on a server.
    let all = SOURCES.into_iter().flat_map(|folder| breaches(&Crate::read(folder).folders()));
    hold("folders have no cycles: move what both need to the lower one", all);
}

#[test]
fn a_cycle_is_found_however_its_modules_are_named() {
    let graph = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(path, text)| ((*text).to_owned(), format!("src/{path}")));
        Crate::of("src", files)
    };
    let contents = ("lib.rs", "pub mod a; pub mod b; pub mod c;\npub use c::Item as Other;");
    let parent = ("a/mod.rs", "mod x;\nmod y;\npub use x::X;\npub use y::Y as Z;");
    for (files, expected) in [
        // A parent's contents page, a child that imports it, and unit tests are no cycle.
        (vec![("a/x.rs", "use super::Z;"), ("a/y.rs", "pub struct Y;")], vec![]),
        (
            vec![
                ("a/x.rs", "use super::Z;\n#[cfg(test)]\nmod tests { use crate::b; }"),
                ("b.rs", "use crate::a::X;"),
            ],
            vec![],
        ),
        // An item that a parent re-exports belongs to the child that defines it.
        (
            vec![("a/x.rs", "use super::Z;"), ("a/y.rs", "use super::X;")],
            vec!["a::x → a::y → a::x"],
        ),
        (
            vec![("a/x.rs", "use super::y;"), ("a/y.rs", "fn f() { super::x::g() }")],
            vec!["a::x → a::y → a::x"],
        ),
        (
            vec![
                ("a/x.rs", "use crate::{b::{self, B}};"),
                ("b.rs", "use crate::Other;"),
                ("c.rs", "fn f() -> crate::a::X { 0 }"),
            ],
            vec!["a::x → b → c → a::x"],
        ),
        // A parent that uses its child is no contents page.
        (
            vec![
                ("b.rs", "use crate::c::d;"),
                ("c.rs", "mod d;\nfn f() { d::g() }"),
                ("c/d.rs", "use crate::b::B;\npub(in crate::c) fn g() {}"),
            ],
            vec!["b → c::d → b"],
        ),
        (
            vec![("c.rs", "mod d;\nuse d::g;\npub struct C;"), ("c/d.rs", "use super::C;")],
            vec!["c → c::d → c"],
        ),
    ] {
        let files: Vec<_> = [contents, parent].into_iter().chain(files).collect();
        let found: Vec<String> = cycles(&graph(&files).modules()).into_keys().collect();
        assert_eq!(found, expected, "{files:?}");
    }
    let folders = graph(&[
        contents,
        parent,
        ("a/x.rs", "use crate::b;"),
        ("a/y.rs", "pub struct Y;"),
        ("b.rs", "use crate::a::Z;"),
    ]);
    assert_eq!(cycles(&folders.modules()).len(), 0);
    assert_eq!(cycles(&folders.folders()).into_keys().collect::<Vec<_>>(), ["a → b → a"]);
}
