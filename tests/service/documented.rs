//! The guides show commands of the program and what they print: the test runs each of them and
//! compares.
//!
//! - `guide` reads the commands of a guide; `not_run` lists those that the test cannot run;
//! - `scene` has the database that the guides show, and `session` runs commands in it;
//! - `expectation` compares what a command printed with the guide.

mod expectation;
mod guide;
mod not_run;
pub(crate) mod scene;
mod session;

use std::collections::BTreeSet;

use guide::Shown;
use not_run::NOT_RUN;
use scene::Scene;
use testing::program::run;

#[tokio::test]
async fn each_guide_shows_what_its_commands_print() {
    let mut differences = Vec::new();
    let mut not_run = BTreeSet::new();
    let mut count = 0;
    for name in ["docs/operating.md", "docs/reading-refunds.md"] {
        let scene = Scene::prepare().await;
        for block in guide::read(name) {
            let (left_out, shown): (Vec<Shown>, Vec<Shown>) =
                block.into_iter().partition(|shown| reason_not_to_run(shown).is_some());
            not_run.extend(left_out.iter().filter_map(reason_not_to_run));
            count += shown.len();
            for together in shown.chunk_by(|one, next| one.prompt == next.prompt) {
                for (shown, printed) in together.iter().zip(scene.run(together).await) {
                    if !expectation::is_met(&shown.output, &printed) {
                        let Shown { place, command, .. } = shown;
                        differences.push(format!("--- {place}: {command}\n{printed}"));
                    }
                }
            }
        }
    }
    assert!(differences.is_empty(), "these print something else:\n{}", differences.join("\n"));
    assert!(count >= 30, "only {count} commands were found");
    let unused = NOT_RUN.iter().filter(|(_, _, reason)| !not_run.contains(reason));
    assert_eq!(unused.count(), 0, "a command of not_run.rs is in no guide; found {not_run:?}");
}

/// Returns why the test does not run a command, if it is one of those.
fn reason_not_to_run(shown: &Shown) -> Option<&'static str> {
    let is_named = |(prompt, begin, _): &&(guide::Prompt, &str, &str)| {
        *prompt == shown.prompt && shown.command.starts_with(begin)
    };
    NOT_RUN.iter().find(is_named).map(|(_, _, reason)| *reason)
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
