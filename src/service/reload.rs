//! Reloading: the accounts and keys of a running service are replaced by what its configuration
//! says now, all of them at once.
//!
//! A request finds its account once and keeps it to its end, so that none is judged by a mixture;
//! what replaces the account is for the requests after. A configuration with any mistake in it
//! changes nothing. Everything else in it is in force until the next start: where that differs,
//! one warning says so, and the accounts are replaced all the same, because a key that has to
//! change must not wait for a restart that somebody planned for another reason.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::account::Accounts;
use crate::clock::Clock;
use crate::config::{
    Configuration, ConfigurationError, Files, FixedSettings, Loaded, Sources, account_changes,
    load_with_files,
};
use crate::telemetry;

/// Reads the configuration of a service again: when asked to, and when its files have changed.
#[derive(Debug)]
pub struct Reload {
    sources: Sources,
    in_force: FixedSettings,
    /// As the last reading found them, whatever came of it.
    files: Files,
    watch_every: Option<Duration>,
}

impl Reload {
    /// For a service that begins with `configuration`, which was read from `sources` and so from
    /// `files`.
    pub fn new(sources: Sources, files: Files, configuration: &Configuration) -> Self {
        let in_force = FixedSettings::of(configuration);
        let watch_every = configuration.reload.watch_every();
        Self { sources, in_force, files, watch_every }
    }

    /// Replaces `accounts`, for ever; `asked` resolves when the configuration is to be read again.
    pub async fn run(
        mut self,
        accounts: watch::Sender<Accounts>,
        clock: Clock,
        mut asked: impl AsyncFnMut(),
    ) -> Infallible {
        loop {
            let settled = tokio::select! {
                () = asked() => None,
                files = self.files_changed() => Some(files),
            };
            let Loaded { configuration, files } = self.read().await;
            // Somebody began to write again since: then it is not asked for yet.
            if settled.is_some_and(|settled| !settled.agrees_with(&files)) {
                continue;
            }
            self.files = files;
            match configuration {
                Ok(configuration) => self.put_in_force(configuration, &accounts, &clock),
                Err(error) => telemetry::configuration_not_reloaded(&error),
            }
        }
    }

    async fn read(&self) -> Loaded {
        let sources = self.sources.clone();
        spawn_blocking(move || load_with_files(&sources)).await.unwrap_or_else(|_| Loaded {
            configuration: Err(ConfigurationError::bug()),
            files: self.files.clone(),
        })
    }

    /// Resolves when the files differ from the last reading, twice in a row in the same way: one
    /// that is being written may be cut off, and yet be sound with fewer accounts in it.
    async fn files_changed(&self) -> Files {
        let Some(every) = self.watch_every else { return std::future::pending().await };
        let mut debounce = Debounce { known: &self.files, before: self.files.clone() };
        loop {
            sleep(every).await;
            let files = self.files.clone();
            let Ok(now) = spawn_blocking(move || files.read_again()).await else { continue };
            if let Some(settled) = debounce.look(now) {
                return settled;
            }
        }
    }

    fn put_in_force(
        &self,
        configuration: Configuration,
        accounts: &watch::Sender<Accounts>,
        clock: &Clock,
    ) {
        let fixed = self.in_force.differing(&FixedSettings::of(&configuration));
        if !fixed.is_empty() {
            telemetry::restart_needed(&fixed);
        }
        let after = Accounts::new(configuration.accounts);
        let changes = account_changes(accounts.borrow().configured(), after.configured());
        let count = after.configured().count();
        accounts.send_replace(after);
        telemetry::configuration_reloaded(count, &changes, clock.now());
    }
}

/// Files that may be changing.
struct Debounce<'a> {
    /// As the last reading found them.
    known: &'a Files,
    /// As the last look found them.
    before: Files,
}

impl Debounce<'_> {
    /// Takes what the next look found; returns it when it is new and was there before.
    fn look(&mut self, now: Files) -> Option<Files> {
        if now != *self.known && now == self.before {
            return Some(now);
        }
        self.before = now;
        None
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Debounce;
    use crate::config::{Files, Sources, load_with_files};

    #[test]
    fn files_are_read_when_a_second_look_finds_the_same_change() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("receiver.toml");
        let write = |text: &str| fs::write(&file, text).unwrap();
        let sources = Sources { file: Some(file.clone()), ..Sources::default() };
        let whole = "[http]\ndrain_seconds = 1\n";
        write(whole);
        let known: Files = load_with_files(&sources).files;
        let mut debounce = Debounce { known: &known, before: known.clone() };
        let mut look = || debounce.look(known.read_again()).is_some();
        assert!(!look(), "as it was read");
        write("");
        assert!(!look(), "cut off: sound, and yet not what is meant");
        write("[http]\ndrain_seconds = 2\n");
        assert!(!look(), "another change");
        assert!(look(), "the same again");
        write("");
        assert!(!look());
        write(whole);
        assert!(!look(), "as it was read");
        assert!(!look(), "as it was read");
    }
}
