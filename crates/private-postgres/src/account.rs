//! The user the server's programs run as: ourselves, or, since PostgreSQL refuses to run as root,
//! somebody else when we are root.

use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::error::{Attempt, Error};

/// Who owns the data and runs the server.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    /// `Some` when we are root and must become this user first.
    switch_to: Option<(Uid, Gid)>,
}

impl Account {
    /// The account for the server on `data`: its owner when it exists, else the one that suits.
    pub(super) fn for_data(data: &Path) -> Result<Account, Error> {
        let us = geteuid();
        if data.exists() {
            let owner = std::fs::metadata(data).attempt("look at", data)?;
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

    /// `postgres` is the user made for this; `nobody` exists nearly everywhere.
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

    /// The user's name, or its number when it has none.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the server runs as another user than we do.
    pub(super) fn is_another(&self) -> bool {
        self.switch_to.is_some()
    }

    /// A command that will run as this user, in a place it may be in, with nothing of our
    /// environment but the search path: no `PG…` variable and no locale may change what it does.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/");
        command.env("PATH", std::env::var_os("PATH").unwrap_or("/usr/bin:/bin".into()));
        command.envs([("LC_ALL", "C"), ("TZ", "UTC")]);
        // Setting a user also drops root's other groups.
        if let Some((user, group)) = self.switch_to {
            command.uid(user.as_raw()).gid(group.as_raw());
        }
        command
    }

    /// Whether this user may enter `directory`. The only sure answer is to try.
    pub(super) fn can_enter(&self, directory: &Path) -> Result<bool, Error> {
        let shell = Path::new("/bin/sh");
        let mut command = self.command(shell);
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(directory);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(command.status().attempt("run", shell)?.success())
    }

    /// Makes `directory` this user's own.
    pub(super) fn give(&self, directory: &Path) -> Result<(), Error> {
        let Some((user, group)) = self.switch_to else {
            return Ok(());
        };
        // Never through a symbolic link: we are root here.
        lchown(directory, Some(user.as_raw()), Some(group.as_raw())).attempt("give away", directory)
    }

    /// Whether `user` is this account.
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
