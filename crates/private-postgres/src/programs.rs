//! Finds `initdb` and `postgres`: the newest usable ones, or those of the version that wrote the
//! data.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::account::Account;
use super::error::Error;
use super::places;
use super::version::{OLDEST_MAJOR, Version, WrittenBy};

/// One installed set of server programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    pub(super) version: Version,
}

impl Programs {
    /// Finds the newest programs of the version that wrote the data, or the newest ones of all if
    /// there is no data. If the settings name a directory, `explicit`, it searches only that one.
    pub(super) fn find(
        explicit: Option<&Path>,
        account: &Account,
        written_by: Option<&WrittenBy>,
    ) -> Result<Programs, Error> {
        let mut search = Search::new(account);
        match explicit {
            Some(folder) => {
                search.look_in(vec![folder.to_owned()]);
                if search.usable.is_empty() {
                    return Err(Error::ProgramsUnusable {
                        directory: folder.to_owned(),
                        why: search.passed_over.pop().unwrap_or("it contains neither".to_owned()),
                    });
                }
            }
            None => {
                search.look_in(places::usual());
                if search.best(written_by).is_none() {
                    search.look_in(places::python_package());
                }
            }
        }
        match (search.best(written_by), written_by) {
            (Some(programs), _) => Ok(programs.clone()),
            (None, Some(written_by)) if !search.usable.is_empty() => Err(Error::OtherVersion {
                data: written_by.data.clone(),
                written_by: written_by.major.clone(),
                found: search.usable.iter().map(Programs::described).collect::<Vec<_>>().join(", "),
            }),
            (None, _) => {
                Err(Error::NoPrograms { oldest: OLDEST_MAJOR, passed_over: search.passed_over() })
            }
        }
    }

    /// Returns the path of the program with this name.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn described(&self) -> String {
        format!("{} in {}", self.version, self.folder.display())
    }
}

/// The programs found so far.
struct Search<'a> {
    account: &'a Account,
    usable: Vec<Programs>,
    /// Directories whose programs are not usable, each with the reason.
    passed_over: Vec<String>,
}

impl<'a> Search<'a> {
    fn new(account: &'a Account) -> Search<'a> {
        Search { account, usable: Vec::new(), passed_over: Vec::new() }
    }

    fn look_in(&mut self, folders: Vec<PathBuf>) {
        let mut seen = Vec::new();
        for folder in folders {
            let Some(folder) = home_of_both(&folder) else {
                continue;
            };
            if seen.contains(&folder) {
                continue;
            }
            match self.version_in(&folder) {
                Ok(version) => self.usable.push(Programs { folder: folder.clone(), version }),
                Err(why) => self.passed_over.push(format!("{} {why}", folder.display())),
            }
            seen.push(folder);
        }
    }

    /// Runs `postgres --version` as the user that will run the server, who may lack the permission.
    fn version_in(&self, folder: &Path) -> Result<Version, String> {
        let mut command = self.account.command(&folder.join("postgres"));
        command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null());
        let Ok(output) = command.output() else {
            return Err(format!("cannot be run by user `{}`", self.account.name()));
        };
        let text = String::from_utf8_lossy(&output.stdout);
        match Version::from_announcement(&text) {
            Some(version) if version.major >= OLDEST_MAJOR => Ok(version),
            Some(version) => Err(format!("is {version}, older than {OLDEST_MAJOR}")),
            None => Err(format!(
                "is not a released version: `postgres --version` printed {:?}",
                text.trim()
            )),
        }
    }

    fn best(&self, written_by: Option<&WrittenBy>) -> Option<&Programs> {
        let fits = |it: &&Programs| match written_by {
            Some(written_by) => it.version.major.to_string() == written_by.major,
            None => true,
        };
        // Of programs with equal versions, the first found.
        self.usable.iter().rev().filter(fits).max_by_key(|it| it.version)
    }

    fn passed_over(&self) -> String {
        match self.passed_over.as_slice() {
            [] => String::new(),
            reasons => format!(" ({})", reasons.join("; ")),
        }
    }
}

/// Returns the directory that contains both `initdb` and `postgres`, without symbolic links: a
/// directory often has several names, and PATH often has a link to only one of the programs.
fn home_of_both(folder: &Path) -> Option<PathBuf> {
    let linked = folder.join("postgres").canonicalize().ok();
    let linked = linked.as_deref().and_then(Path::parent).map(Path::to_owned);
    let both = |it: &PathBuf| it.join("initdb").is_file() && it.join("postgres").is_file();
    [linked, folder.canonicalize().ok()].into_iter().flatten().find(both)
}
