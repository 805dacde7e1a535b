//! Every look-up of the command line, and what it finds among many rows.

use serde_json::Value;
use tempfile::TempDir;
use testing::database::Database;
use testing::program::{Ran, command, run_command};
use testing::receiver::ACCOUNTS;
use testing::service::{on_database, open_directory};

/// The look-ups, each with its exit status. `{…}` stands for a number in the database.
pub(super) const LOOK_UPS: &[(&str, i32)] = &[
    ("refunds list", 0),
    ("refunds list --account hk --open --json", 0),
    ("refunds list --as-of today --json", 0),
    ("refunds show {refund}", 0),
    ("refunds show {merchant} --json", 0),
    ("refunds explain {refund}", 0),
    ("deliveries list", 0),
    ("deliveries list --refund {refund} --json", 0),
    ("deliveries list --waiting", 0),
    ("deliveries show {recorded}", 0),
    ("deliveries show {refused} --json", 0),
    ("deliveries why {recorded}", 0),
    ("deliveries why {refused} --json", 0),
    ("deliveries replay --dry-run", 0),
    ("status", 3),
    ("status --json", 3),
    ("reports totals", 0),
    ("reports ageing --as-of today", 0),
    ("reports changed --as-of 2026-10-01", 0),
    ("audit list", 0),
    ("feed --after 0 --limit 3", 0),
    ("feed --last 3", 0),
    ("feed --after now", 0),
];

/// A directory with a configuration on a database.
pub(super) struct Place(TempDir);

impl Place {
    /// Configures the database of this URL.
    pub(super) fn on(url: &str) -> Self {
        Self::with(&on_database(url))
    }

    /// Configures a database with these lines.
    pub(super) fn with(lines: &str) -> Self {
        let directory = open_directory();
        std::fs::write(directory.path().join("c.toml"), format!("{lines}{ACCOUNTS}")).unwrap();
        Self(directory)
    }

    /// Runs a command.
    pub(super) async fn run(&self, line: &str) -> Ran {
        let mut command = command(self.0.path());
        command.args(["--config", "c.toml"]).args(line.split(' '));
        run_command(command).await
    }

    /// Runs every look-up, and returns what is wrong with each.
    pub(super) async fn look_everything_up(&self, content: &Database) -> Vec<String> {
        let numbers = numbers(content).await;
        let mut wrong = Vec::new();
        for (line, expected) in LOOK_UPS {
            let line = numbers
                .iter()
                .fold((*line).to_owned(), |line, (name, number)| line.replace(name, number));
            let ran = self.run(&line).await;
            let says_something =
                !ran.out.is_empty() || ["audit list", "feed --after now"].contains(&line.as_str());
            if ran.status != *expected || !says_something {
                wrong.push(format!("{line}: {ran:?}"));
            }
        }
        wrong
    }
}

/// Returns numbers of rows, each with its name in [`LOOK_UPS`].
async fn numbers(content: &Database) -> [(&'static str, String); 4] {
    let row = content
        .row(
            "select event.refund_id as refund, merchant_refund_id as merchant,
                 event.delivery_id as recorded,
                 (select delivery_id from refund_inbox.refused_deliveries limit 1) as refused
             from refund_inbox.refund_events as event order by seq limit 1",
        )
        .await;
    let number = |name: &str| match &row[name] {
        Value::String(text) => text.clone(),
        other => panic!("{name}: {other}"),
    };
    [
        ("{refund}", number("refund")),
        ("{merchant}", number("merchant")),
        ("{recorded}", number("recorded")),
        ("{refused}", number("refused")),
    ]
}
