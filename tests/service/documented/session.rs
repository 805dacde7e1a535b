//! Runs commands of the guides: in a shell, or in a session of psql.

use std::process::{Command, Stdio};

use testing::follower::as_reader;
use testing::postgres;
use testing::program::{remove_settings, run_command};

use super::guide::{Prompt, Shown};
use super::scene::Scene;

/// The address at which the guides say that the service listens.
const ADDRESS: &str = "http://127.0.0.1:8080";

/// What separates the outputs of statements in one session.
const SEPARATOR: &str = "-- the next statement --\n";

impl Scene {
    /// Runs commands with one prompt, and returns what each of them printed on the terminal.
    pub(super) async fn run(&self, together: &[Shown]) -> Vec<String> {
        let Some(first) = together.first() else { return Vec::new() };
        let commands: Vec<&str> = together.iter().map(|shown| shown.command.as_str()).collect();
        match first.prompt {
            Prompt::Shell => {
                let mut printed = Vec::new();
                for command in commands {
                    printed.push(self.shell(command).await);
                }
                printed
            }
            Prompt::Owner | Prompt::Shop => self.psql(&self.database_url, &commands).await,
            Prompt::Reader => self.psql(&as_reader(&self.database_url), &commands).await,
            Prompt::Silent => {
                let statements = format!("\\o /dev/null\n{}", commands.concat());
                self.psql(&self.database_url, &[&statements]).await
            }
        }
    }

    /// Runs a command in a shell. Both of its outputs go to one place, as on a terminal.
    async fn shell(&self, command: &str) -> String {
        let directory = self.directory.path();
        let here = format!("http://{}", self.receiver.public());
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1\n{}", command.replace(ADDRESS, &here))]);
        shell.current_dir(directory).stdin(Stdio::null());
        remove_settings(&mut shell, |_| true);
        let path = std::env::var("PATH").unwrap();
        shell.env("PATH", format!("{}:{path}", directory.join("bin").display()));
        shell.env("REFUND_INBOX_CONFIG", "refund-inbox.toml");
        shell.env_remove("COLUMNS");
        run_command(shell).await.out
    }

    /// Runs statements in one session of psql.
    async fn psql(&self, url: &str, statements: &[&str]) -> Vec<String> {
        let file = self.directory.path().join("statements.sql");
        let echo = format!("\n\\echo '{}'\n", SEPARATOR.trim_end());
        std::fs::write(&file, statements.join(&echo)).unwrap();
        let mut psql = Command::new(postgres::program("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--pset", "footer=off", "--dbname", url, "--file"]);
        psql.arg(file).stdin(Stdio::null()).env("PGTZ", "UTC");
        let ran = run_command(psql).await;
        let mut printed: Vec<String> = ran.out.split(SEPARATOR).map(str::to_owned).collect();
        printed.last_mut().unwrap().push_str(&ran.err);
        assert_eq!(printed.len(), statements.len(), "{printed:?}");
        printed
    }
}
