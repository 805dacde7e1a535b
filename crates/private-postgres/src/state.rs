//! The state directory, and the directory of its data.
//!
//! The data is usually in `<directory>/postgres`. But if this process is root and the server's user
//! may not enter the state directory (a clone in root's home), the data is in `/var/lib/<name>`,
//! and the file `location` in the state directory contains its path.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::account::Account;
use super::error::{Attempt, Error};
use super::lock::Lock;
use super::name::Name;
use super::path_id::path_id;
use super::settings::Settings;

/// A state directory that this process has locked.
#[derive(Debug)]
pub(super) struct State {
    /// The path of the state directory without symbolic links. It contains the log and the lock.
    pub(super) directory: PathBuf,
    /// The directory of the data and the socket, usually the state directory.
    pub(super) base: PathBuf,
    /// The user that owns the data and runs the server.
    pub(super) account: Account,
    /// The name of the program that owns the server.
    pub(super) name: Name,
    _locks: Vec<Lock>,
}

impl State {
    /// Creates the directory in `settings` if it is missing, locks it for this process, and finds
    /// the directory of its data.
    pub(super) fn open(settings: &Settings) -> Result<State, Error> {
        let name = Name::new(&settings.name)?;
        let directory = &settings.directory;
        create(directory)?;
        let directory = directory.canonicalize().attempt("inspect", directory)?;
        if directory.as_os_str().as_bytes().contains(&b'\n') {
            return Err(Error::LineBreak { directory });
        }
        let mut locks = vec![Lock::take(&directory)?];
        let (base, account) = locate(&directory, &name)?;
        if base != directory {
            // A copy of a state directory names the same data. Only one of them may use it.
            locks.push(Lock::take(&base)?);
        }
        Ok(State { directory, base, account, name, _locks: locks })
    }

    /// Returns the server's data directory.
    pub(super) fn data(&self) -> PathBuf {
        data_in(&self.base)
    }
}

fn data_in(base: &Path) -> PathBuf {
    base.join("postgres")
}

/// Finds the directory of the data and its owner.
fn locate(directory: &Path, name: &Name) -> Result<(PathBuf, Account), Error> {
    if let Some(base) = read_location(directory)? {
        create(&base)?;
        let account = Account::for_data(&data_in(&base))?;
        return reachable(base, account);
    }
    let account = Account::for_data(&data_in(directory))?;
    let stays = !account.is_another() || data_in(directory).exists();
    if stays || account.can_enter(directory)? {
        return reachable(directory.to_owned(), account);
    }
    let elsewhere = name.directory_elsewhere();
    let base = elsewhere.join(path_id(directory));
    create(&elsewhere)?;
    create(&base)?;
    let account = Account::for_data(&data_in(&base))?;
    write_location(directory, &base)?;
    reachable(base, account)
}

/// Fails if the server's user may not enter `base`. Starting with empty data elsewhere would look
/// like a loss.
fn reachable(base: PathBuf, account: Account) -> Result<(PathBuf, Account), Error> {
    if account.is_another() && !account.can_enter(&base)? {
        return Err(Error::CannotEnter { directory: base, account: account.name().to_owned() });
    }
    Ok((base, account))
}

/// Creates a directory. If the server runs as another user, that user must be able to enter it, so
/// the umask has no effect. The directories inside are private.
fn create(directory: &Path) -> Result<(), Error> {
    if directory.is_dir() {
        return Ok(());
    }
    let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(mode);
    builder.create(directory).attempt("create the directory", directory)?;
    let permissions = Permissions::from_mode(mode);
    std::fs::set_permissions(directory, permissions).attempt("set the permissions of", directory)
}

fn read_location(directory: &Path) -> Result<Option<PathBuf>, Error> {
    let path = directory.join("location");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().next().map(PathBuf::from)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).attempt("read", &path),
    }
}

/// Writes the file under another name first, so that a crash cannot leave half a path.
fn write_location(directory: &Path, base: &Path) -> Result<(), Error> {
    let path = directory.join("location");
    let unfinished = directory.join("location.new");
    let mut file = File::create(&unfinished).attempt("write", &unfinished)?;
    writeln!(file, "{}", base.display()).attempt("write", &unfinished)?;
    writeln!(
        file,
        "The data is there, because the user of the server may not enter this directory."
    )
    .attempt("write", &unfinished)?;
    file.sync_all().attempt("write", &unfinished)?;
    std::fs::rename(&unfinished, &path).attempt("write", &path)
}
