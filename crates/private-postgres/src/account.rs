//! The user that the server's programs run as: the current user, or another one if the current user
//! is root, because PostgreSQL refuses to run as root.

use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::error::{Attempt, Error};

/// The user that owns the data and runs the server.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    /// The user and group to switch to; `None` if the current user runs the server.
    switch_to: Option<(Uid, Gid)>,
}

impl Account {
    /// Returns the account for the server on `data`: the owner of `data` if it exists, otherwise
    /// the current user or a substitute for root.
    pub(super) fn for_data(data: &Path) -> Result<Account, Error> {
        let us = geteuid();
        if data.exists() {
            let owner = std::fs::metadata(data).attempt("inspect", data)?;
            let (user, group) = (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()));
            if user.is_root() || !(us.is_root() || us == user) {
                return Err(Error::NotOurs {
                    data: data.to_owned(),
                    owner: format!("user {user}"),
                    ours: format!("user {us}"),
                });
            }
            let name = name_of(user);
            let switch_to = us.is_root().then_some((user, group));
            return Ok(Account { name, switch_to });
        }
        if us.is_root() {
            return Account::instead_of_root();
        }
        Ok(Account { name: name_of(us), switch_to: None })
    }

    /// Returns the user `postgres`, which exists for this purpose, or `nobody`, which nearly every
    /// machine has.
    fn instead_of_root() -> Result<Account, Error> {
        for name in ["postgres", "nobody"] {
            if let Ok(Some(user)) = User::from_name(name)
                && !user.uid.is_root()
            {
                return Ok(Account { name: user.name, switch_to: Some((user.uid, user.gid)) });
            }
        }
        Err(Error::NoAccount)
    }

    /// Returns the name of the user, or its number if it has no name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether the server runs as another user than this process.
    pub(super) fn is_another(&self) -> bool {
        self.switch_to.is_some()
    }

    /// Returns a command that runs as this user, in a directory that every user may enter. Of the
    /// environment it keeps only the search path, so that no `PG…` variable and no locale has an
    /// effect.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/");
        command.env("PATH", std::env::var_os("PATH").unwrap_or("/usr/bin:/bin".into()));
        command.envs([("LC_ALL", "C"), ("TZ", "UTC")]);
        // Setting a user also drops root's supplementary groups.
        if let Some((user, group)) = self.switch_to {
            command.uid(user.as_raw()).gid(group.as_raw());
        }
        command
    }

    /// Returns whether this user may enter `directory`. It tries, because no other check is
    /// reliable.
    pub(super) fn can_enter(&self, directory: &Path) -> Result<bool, Error> {
        let shell = Path::new("/bin/sh");
        let mut command = self.command(shell);
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(directory);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status().attempt("run", shell)?.success())
    }

    /// Gives `directory` to this user.
    pub(super) fn give(&self, directory: &Path) -> Result<(), Error> {
        let Some((user, group)) = self.switch_to else {
            return Ok(());
        };
        // Does not follow symbolic links, because this process is root here.
        lchown(directory, Some(user.as_raw()), Some(group.as_raw()))
            .attempt("change the owner of", directory)
    }

    /// Returns whether `user` is this account.
    pub(super) fn is(&self, user: u32) -> bool {
        let own = self.switch_to.map_or_else(geteuid, |(own, _)| own);
        own.as_raw() == user
    }
}

fn name_of(user: Uid) -> String {
    match User::from_uid(user) {
        Ok(Some(known)) => known.name,
        Ok(None) | Err(_) => user.to_string(),
    }
}
