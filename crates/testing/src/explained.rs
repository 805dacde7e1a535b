//! The plans that a server with `auto_explain` writes into its log.

use std::fs;

use serde_json::Value;

use crate::postgres::Postgres;

/// An executed statement with its plan.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The name of the program that ran it.
    pub program: String,
    /// The statement.
    pub text: String,
    /// How long it was executed, in milliseconds.
    pub milliseconds: f64,
    /// The plan, as `explain (analyze, buffers, format json)` prints it.
    pub plan: Value,
    /// Whether the server compiled the plan.
    pub is_compiled: bool,
}

/// Makes every session that begins later explain all of its statements, those in functions too.
const EXPLAIN_ALL: &str = "
    alter system set log_line_prefix = '<%a> ';
    alter system set autovacuum = off;
    alter role refund_inbox set session_preload_libraries = 'auto_explain';
    alter role refund_inbox set auto_explain.log_min_duration = '0';
    alter role refund_inbox set auto_explain.log_analyze = 'on';
    alter role refund_inbox set auto_explain.log_buffers = 'on';
    alter role refund_inbox set auto_explain.log_timing = 'off';
    alter role refund_inbox set auto_explain.log_nested_statements = 'on';
    alter role refund_inbox set auto_explain.log_format = 'json'";

impl Postgres {
    /// Makes the server log the plan of every statement. Turns its automatic statistics off, so that
    /// only the test decides what the planner knows. Restarts the server.
    pub async fn explain_all(&self) {
        for statement in EXPLAIN_ALL.split(';') {
            self.run(statement).await;
        }
        self.stop().await;
        self.start_again().await;
    }

    /// Returns the statements in the log behind the position `from`, and the log's end.
    pub fn explained_since(&self, from: usize) -> (Vec<Explained>, usize) {
        let log = fs::read_to_string(self.log_file()).unwrap();
        let mut lines = log[from..].lines().peekable();
        let mut explained = Vec::new();
        while let Some(line) = lines.next() {
            let Some((head, duration)) = line.split_once("LOG:  duration: ") else { continue };
            let Some(milliseconds) = duration.strip_suffix(" ms  plan:") else { continue };
            let mut json = String::new();
            while let Some(part) = lines.next_if(|line| line.starts_with('\t')) {
                json.push_str(part);
            }
            let mut all: Value = serde_json::from_str(&json).unwrap();
            explained.push(Explained {
                program: head.trim().trim_matches(['<', '>']).to_owned(),
                text: all["Query Text"].as_str().unwrap().to_owned(),
                milliseconds: milliseconds.parse().unwrap(),
                is_compiled: all.get("JIT").is_some(),
                plan: all["Plan"].take(),
            });
        }
        (explained, log.len())
    }
}
