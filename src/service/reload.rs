//! Reload: replaces the accounts and keys of a running service by those that its configuration has
//! now, all of them at once.
//!
//! A request finds its account once and keeps it to the end, so that no request is judged by a
//! mixture of old and new keys. Later requests find the new account. A configuration with a mistake
//! changes nothing.
//!
//! A reload changes only the accounts. All other settings keep the values of the last start. If
//! they differ, one warning says so, and the accounts are replaced anyway: a change of keys must
//! not wait for a restart that is planned for another reason.

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

/// Reads the configuration of a service again, on request and when its files have changed.
#[derive(Debug)]
pub struct Reload {
    sources: Sources,
    /// The settings of the last start that a reload does not change.
    in_force: FixedSettings,
    /// The files as they were when they were last read, even if that configuration had a mistake.
    files: Files,
    /// How often the files are checked for changes, if at all.
    watch_every: Option<Duration>,
}

impl Reload {
    /// Creates the reload of a service that starts with `configuration`, which was read from
    /// `sources` and `files`.
    pub fn new(sources: Sources, files: Files, configuration: &Configuration) -> Self {
        let in_force = FixedSettings::of(configuration);
        let watch_every = configuration.reload.watch_every();
        Self { sources, in_force, files, watch_every }
    }

    /// Replaces `accounts` whenever the configuration changes, forever. `asked` resolves when a
    /// reload is requested.
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
            // The files changed again since they settled: wait until they settle again.
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

    /// Resolves when two checks in a row find the same change. A file that is still being written
    /// can be incomplete and valid at the same time, with fewer accounts in it.
    async fn files_changed(&self) -> Files {
        let Some(every) = self.watch_every else { return std::future::pending().await };
        let mut debounce = Debounce { known: &self.files, before: self.files.clone() };
        loop {
            sleep(every).await;
            let files = self.files.clone();
            let Ok(now) = spawn_blocking(move || files.read_again()).await else { continue };
            if let Some(settled) = debounce.check(now) {
                return settled;
            }
        }
    }

    /// Replaces the accounts, and warns if other settings differ.
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

/// Waits until changing files are complete.
struct Debounce<'a> {
    /// The files as they were when they were last read.
    known: &'a Files,
    /// The files as the previous check found them.
    before: Files,
}

impl Debounce<'_> {
    /// Takes the files that a check found. Returns them if they differ from the last reading and
    /// the previous check found the same.
    fn check(&mut self, now: Files) -> Option<Files> {
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
    fn files_are_read_when_a_second_check_finds_the_same_change() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("receiver.toml");
        let write = |text: &str| fs::write(&file, text).unwrap();
        let sources = Sources { file: Some(file.clone()), ..Sources::default() };
        let whole = "[http]\ndrain_seconds = 1\n";
        write(whole);
        let known: Files = load_with_files(&sources).files;
        let mut debounce = Debounce { known: &known, before: known.clone() };
        let mut has_settled = || debounce.check(known.read_again()).is_some();
        assert!(!has_settled(), "the file as it was read");
        write("");
        assert!(!has_settled(), "an incomplete file, which is valid");
        write("[http]\ndrain_seconds = 2\n");
        assert!(!has_settled(), "another change");
        assert!(has_settled(), "the same again");
        write("");
        assert!(!has_settled());
        write(whole);
        assert!(!has_settled(), "the file as it was read");
        assert!(!has_settled(), "the file as it was read");
    }
}
