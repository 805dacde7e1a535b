//! Reads what a guide shows: commands after a prompt, and what they print.

/// What a command of a guide is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// `$`: a shell.
    Shell,
    /// `=>`: psql, as the owner of the tables.
    Owner,
    /// `refunds=>`: psql, as `refunds_reader`.
    Reader,
    /// `shop=>`: psql, as a service with a schema of its own in the same database.
    Shop,
    /// Statements without a prompt, as the owner. The guide does not show what they print.
    Silent,
}

/// A command of a guide, and what the guide says that it prints.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// Where it stands, such as `docs/operating.md:207`.
    pub place: String,
    /// Who runs it.
    pub prompt: Prompt,
    /// The command, with its line breaks.
    pub command: String,
    /// The lines below it.
    pub output: Vec<String>,
}

/// Reads the guide of this name, such as `docs/operating.md`: the commands of each block.
pub(super) fn read(name: &str) -> Vec<Vec<Shown>> {
    let text = std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, Vec<&str>)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if let Some((_, _, lines)) = &mut open {
                lines.push(line);
            }
            continue;
        };
        let Some((language, begin, lines)) = open.take() else {
            open = Some((language.to_owned(), number + 1, Vec::new()));
            continue;
        };
        match language.as_str() {
            "" => blocks.push(shown(name, begin, &lines)),
            "sql" => blocks.push(vec![Shown {
                place: format!("{name}:{begin}"),
                prompt: Prompt::Silent,
                command: lines.join("\n"),
                output: Vec::new(),
            }]),
            // `sh` is a script to adapt, and the others are files.
            "sh" | "toml" | "nginx" => {}
            other => panic!("{name}:{begin}: a block of an unknown language, {other:?}"),
        }
    }
    assert!(open.is_none(), "{name}: a block without an end");
    blocks
}

fn shown(name: &str, begin: usize, lines: &[&str]) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut is_open = false;
    for (number, line) in (begin..).zip(lines) {
        if let Some((prompt, command)) = prompted(line) {
            let place = format!("{name}:{number}");
            is_open = prompt != Prompt::Shell && !is_whole(command);
            found.push(Shown { place, prompt, command: command.to_owned(), output: Vec::new() });
        } else if let Some(last) = found.last_mut() {
            if is_open {
                last.command = format!("{}\n{}", last.command, line.trim());
                is_open = !is_whole(line);
            } else {
                last.output.push((*line).to_owned());
            }
        }
        // What stands before the first prompt is an excerpt of a log or a file.
    }
    found
}

fn prompted(line: &str) -> Option<(Prompt, &str)> {
    let prompts = [
        ("$ ", Prompt::Shell),
        ("=> ", Prompt::Owner),
        ("refunds=> ", Prompt::Reader),
        ("shop=> ", Prompt::Shop),
    ];
    prompts.into_iter().find_map(|(text, prompt)| Some((prompt, line.strip_prefix(text)?)))
}

/// Returns whether a line ends a statement.
fn is_whole(line: &str) -> bool {
    let statement = line.split("--").next().unwrap_or_default().trim_end();
    statement.ends_with(';') || statement.is_empty()
}
