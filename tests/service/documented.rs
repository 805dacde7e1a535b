//! The commands that the guides show are commands of the program: each of their words and options is
//! known to it.

use testing::program::run;

/// Returns the command lines of a guide: those after a prompt, without redirections and comments.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some(command) = line.strip_prefix("$ refund-inbox ") else { continue };
        let command = command.split(['>', '|', '#']).next().unwrap().trim();
        let words = command.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
        found.push(words.collect());
    }
    found
}

#[tokio::test]
async fn each_documented_command_is_one_of_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let mut count = 0;
    for guide in ["docs/operating.md", "docs/reading-refunds.md"] {
        let text = std::fs::read_to_string(format!("{root}/{guide}")).unwrap();
        for command in commands(&text) {
            // The parser checks every word before it prints the help.
            let mut words: Vec<&str> = command.iter().map(String::as_str).collect();
            words.push("--help");
            let ran = run(directory.path(), &words).await;
            assert_eq!(ran.status, 0, "{guide}: refund-inbox {}: {}", command.join(" "), ran.err);
            count += 1;
        }
    }
    assert!(count >= 8, "only {count} commands were found");
}

#[tokio::test]
async fn completions_and_manual_pages_know_every_command() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = run(directory.path(), &["completions", shell]).await;
        assert_eq!(script.status, 0, "{}", script.err);
        for word in ["deliveries", "reports", "as-of", "older-than"] {
            assert!(script.out.contains(word), "{shell}: {word}");
        }
    }
    let unknown = run(directory.path(), &["completions", "tcsh"]).await;
    assert_eq!((unknown.status, unknown.err.lines().count()), (2, 1), "{}", unknown.err);
    let page = run(directory.path(), &["man"]).await;
    assert!(page.out.contains(".TH refund-inbox 1"), "{}", page.out);
    let pages = run(directory.path(), &["man", "--directory", "."]).await;
    assert_eq!(pages.status, 0, "{}", pages.err);
    assert!(directory.path().join("refund-inbox-refunds-list.1").exists());
}
