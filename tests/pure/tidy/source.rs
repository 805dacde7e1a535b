//! Rust text without its comments and quoted texts.

/// A source file, by its path from the repository's root.
pub(super) struct Source {
    pub(super) path: String,
    /// The text, with comments and quoted texts blanked. Each line keeps its number.
    code: String,
}

/// A path that a `use` declaration imports.
pub(super) struct Import {
    /// The line of the declaration.
    pub(super) line: usize,
    /// The path, for example `std::fs::File`.
    pub(super) path: String,
    /// The name after `as`, if there is one.
    pub(super) alias: Option<String>,
    /// Whether the declaration exports the path.
    pub(super) is_public: bool,
}

/// A path or a name to look for at the beginning of a word.
#[derive(Clone)]
pub(super) struct Word {
    text: String,
    whole: bool,
}

impl Word {
    /// Finds `tokio` and `tokio_util`.
    pub(super) fn beginning(text: &str) -> Self {
        Self { text: text.to_owned(), whole: false }
    }

    /// Finds `Instant` and not `Instantly`.
    pub(super) fn whole(text: &str) -> Self {
        Self { text: text.to_owned(), whole: true }
    }

    fn is_in(&self, line: &str) -> bool {
        let part = |character: char| character.is_alphanumeric() || character == '_';
        line.match_indices(&self.text).any(|(at, text)| {
            let before = line[..at].chars().next_back();
            let behind = line[at + text.len()..].chars().next();
            let goes_on = self.whole && behind.is_some_and(part);
            !goes_on && !before.is_some_and(part)
        })
    }
}

impl Source {
    pub(super) fn read(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), code: blanked(text) }
    }

    /// Returns the lines of the code with their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().zip(1..).map(|(text, number)| (number, text))
    }

    /// Returns `file:line: word` for each place that contains one of the words, however it is
    /// imported.
    pub(super) fn places_of(&self, words: &[Word]) -> Vec<String> {
        let imports = self.imports();
        let imports = imports.iter().map(|import| (import.line, import.path.as_str()));
        let mut places: Vec<(usize, &str)> = self
            .lines()
            .chain(imports)
            .flat_map(|(line, text)| {
                let found = words.iter().filter(move |word| word.is_in(text));
                found.map(move |word| (line, word.text.as_str()))
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        places.iter().map(|(line, word)| format!("{}:{line}: {word}", self.path)).collect()
    }

    /// Returns the source without its unit tests, which are the last module of a file.
    pub(super) fn without_tests(self) -> Self {
        let end = self.code.find("#[cfg(test)]\nmod ").unwrap_or(self.code.len());
        Self { path: self.path, code: self.code[..end].to_owned() }
    }

    /// Returns every path that `use` declarations import, with groups expanded: `use std::{env,
    /// fs::File}` imports `std::env` and `std::fs::File`.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (at, tree) in declarations(&self.code) {
            let line = self.code[..at].matches('\n').count() + 1;
            let before = self.code[..at].trim_end();
            let begin = before.rfind([';', '{', '}', ']', '\n']).map_or(0, |end| end + 1);
            let is_public = before[begin..].trim_start().starts_with("pub");
            // An alias must stay separate from the path when spaces are removed.
            let tree: String = tree.replace(" as ", "@").split_whitespace().collect();
            take_apart("", &tree, &mut |path| {
                let (path, alias) = match path.split_once('@') {
                    Some((path, alias)) => (path.to_owned(), Some(alias.to_owned())),
                    None => (path, None),
                };
                imports.push(Import { line, path, alias, is_public });
            });
        }
        imports
    }

    /// Returns the code with `use` declarations blanked.
    pub(super) fn code_without_imports(&self) -> String {
        let mut code = self.code.clone();
        for (at, tree) in declarations(&self.code) {
            let end = at + "use ".len() + tree.len();
            code.replace_range(at..end, &" ".repeat(end - at));
        }
        code
    }

    /// Returns the text between the braces that follow `head`, and the line of `head`.
    pub(super) fn block(&self, head: &str) -> Option<(usize, String)> {
        let word = Word::whole(head);
        let begin = self.code.match_indices(head).map(|(at, _)| at).find(|at| {
            let rest = &self.code[*at..];
            word.is_in(&rest[..rest.find('\n').unwrap_or(rest.len())])
        })?;
        let line = self.code[..begin].matches('\n').count() + 1;
        let open = begin + self.code[begin..].find('{')?;
        let mut depth = 0;
        for (at, character) in self.code[open..].char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some((line, self.code[open + 1..open + at].to_owned()));
            }
        }
        None
    }
}

/// Returns each `use` declaration: where it begins, and what it imports.
fn declarations(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices("use ").filter_map(|(at, _)| {
        let is_word =
            !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let end = code[at..].find(';').filter(|_| is_word)?;
        Some((at, &code[at + "use ".len()..at + end]))
    })
}

fn take_apart(prefix: &str, tree: &str, found: &mut impl FnMut(String)) {
    let Some(open) = tree.find('{') else {
        return found(format!("{prefix}{tree}"));
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let (mut depth, mut begin) = (0, 0);
    for (at, character) in inner.char_indices().chain([(inner.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                take_apart(&prefix, &inner[begin..at], found);
                begin = at + 1;
            }
            _ => {}
        }
    }
}

/// Returns the quoted texts of Rust source, each with the line on which it begins. A line break that
/// the source escapes is not in them.
pub(super) fn quoted_texts(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut at, mut before) = (0, None);
    while let Some(first) = text[at..].chars().next() {
        let length = blank_length(&text[at..], before);
        if first == '"'
            && let Some(length) = length
        {
            let line = text[..at].matches('\n').count() + 1;
            let quoted = text[at..at + length].trim_matches('"');
            found.push((line, quoted.replace("\\\n", " ")));
        }
        let length = length.unwrap_or(first.len_utf8());
        before = text[at..at + length].chars().next_back();
        at += length;
    }
    found
}

/// Returns the text with comments and quoted texts replaced by spaces.
fn blanked(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match blank_length(rest, code.chars().next_back()) {
            Some(length) => {
                let blank = |character| if character == '\n' { '\n' } else { ' ' };
                code.extend(rest[..length].chars().map(blank));
                length
            }
            None => {
                code.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    code
}

/// Returns the length of the comment or quoted text that begins here; `None` if none does.
fn blank_length(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_length(rest));
    }
    let in_word = before.is_some_and(|before| before.is_alphanumeric() || before == '_');
    let raw = rest.strip_prefix('b').unwrap_or(rest);
    if let Some(hashes) = raw.strip_prefix('r').filter(|_| !in_word) {
        let count = hashes.len() - hashes.trim_start_matches('#').len();
        if hashes[count..].starts_with('"') {
            let begin = rest.len() - hashes.len() + count + 1;
            let end = format!("\"{}", "#".repeat(count));
            return Some(rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len()));
        }
    }
    if let Some(inner) = rest.strip_prefix('"') {
        return Some(1 + quoted_length(inner, '"'));
    }
    if let Some(inner) = rest.strip_prefix('\'') {
        // A lifetime has no second quote after its first character.
        let is_character =
            inner.starts_with('\\') || inner.chars().nth(1).is_some_and(|second| second == '\'');
        return is_character.then(|| 1 + quoted_length(inner, '\''));
    }
    None
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn block_comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[test]
fn a_word_is_found_in_code_however_it_is_imported_and_nowhere_else() {
    let fs = [Word::beginning("std::fs")];
    for (text, lines) in [
        ("// std::fs\nfn f() {}", vec![]),
        ("/* a /* std::fs */ std::fs */ let a = 1;", vec![]),
        ("let a = \"std::fs \\\" std::fs\";", vec![]),
        ("let a = r#\"\" std::fs\"#;", vec![]),
        ("let a = b\"std::fs\"; let q = '\"'; std::fs::read(a);", vec![1]),
        ("fn f<'a>(a: &'a str) {\n std::fs::read(a) }", vec![2]),
        ("let slash = '\\''; // '\nstd::fs::read(a)", vec![2]),
        ("use std::{env,\n    fs::{self, File}};", vec![1]),
        ("use std::fs;", vec![1]),
        ("use my_std::fs;", vec![]),
        ("\n\npub use ::std::{fs as files};", vec![3]),
    ] {
        let expected: Vec<String> =
            lines.iter().map(|line| format!("a.rs:{line}: std::fs")).collect();
        assert_eq!(Source::read("a.rs", text).places_of(&fs), expected, "{text}");
    }
}

#[test]
fn quoted_texts_are_found_with_their_lines() {
    let text = "// \"no\"\nlet a = \"one\";\nlet q = '\"'; let b = \"two \\\n  lines\";";
    let expected = vec![(2, "one".to_owned()), (3, "two    lines".to_owned())];
    assert_eq!(quoted_texts(text), expected);
}

#[test]
fn a_whole_word_ends_where_the_word_ends() {
    let place = |text| Source::read("a.rs", text).places_of(&[Word::whole("Instant")]);
    assert!(place("let a = Instantly;").is_empty());
    assert_eq!(place("let a = Instant::now();"), ["a.rs:1: Instant"]);
}
