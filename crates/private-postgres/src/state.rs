//! The state directory, and where its data really is.
//!
//! Usually that is the same place: `<directory>/postgres`. But when we are root and the directory
//! lies where the server's user cannot go (a clone in root's home), the data is kept under
//! `/var/lib/refund-inbox`, and the file `location` in the state directory says where.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::account::Account;
use super::error::{Attempt, Error};
use super::lock::Lock;
use super::path_id::path_id;

/// Where the data is kept that cannot be in its state directory.
const ELSEWHERE: &str = "/var/lib/refund-inbox";

/// A state directory that is ours alone.
#[derive(Debug)]
pub(super) struct State {
    /// The state directory itself, without symbolic links: the log and the lock are here.
    pub(super) directory: PathBuf,
    /// The directory that holds the data and the socket; usually the same.
    pub(super) base: PathBuf,
    /// Who owns the data and runs the server.
    pub(super) account: Account,
    _locks: Vec<Lock>,
}

impl State {
    /// Makes `directory` when it is missing, takes it for this process, and finds its data's place.
    pub(super) fn open(directory: &Path) -> Result<State, Error> {
        make(directory)?;
        let directory = directory.canonicalize().attempt("look at", directory)?;
        if directory.as_os_str().as_bytes().contains(&b'\n') {
            return Err(Error::LineBreak { directory });
        }
        let mut locks = vec![Lock::take(&directory)?];
        let (base, account) = settle(&directory)?;
        if base != directory {
            // A copied state directory names the same place: only one of the copies may use it.
            locks.push(Lock::take(&base)?);
        }
        Ok(State { directory, base, account, _locks: locks })
    }

    /// The server's data directory.
    pub(super) fn data(&self) -> PathBuf {
        data_in(&self.base)
    }
}

fn data_in(base: &Path) -> PathBuf {
    base.join("postgres")
}

/// Decides where the data is and who owns it.
fn settle(directory: &Path) -> Result<(PathBuf, Account), Error> {
    if let Some(base) = read_location(directory)? {
        make(&base)?;
        let account = Account::for_data(&data_in(&base))?;
        return reachable(base, account);
    }
    let account = Account::for_data(&data_in(directory))?;
    let stays = !account.is_another() || data_in(directory).exists();
    if stays || account.can_enter(directory)? {
        return reachable(directory.to_owned(), account);
    }
    let base = Path::new(ELSEWHERE).join(path_id(directory));
    make(Path::new(ELSEWHERE))?;
    make(&base)?;
    let account = Account::for_data(&data_in(&base))?;
    write_location(directory, &base)?;
    reachable(base, account)
}

/// Never begins empty elsewhere when there is data here: that would look like a loss.
fn reachable(base: PathBuf, account: Account) -> Result<(PathBuf, Account), Error> {
    if account.is_another() && !account.can_enter(&base)? {
        return Err(Error::CannotEnter { directory: base, account: account.name().to_owned() });
    }
    Ok((base, account))
}

/// Makes a directory of ours. When the server runs as another user, that user must be able to go
/// through it, whatever our umask says; what lies inside is private by itself.
fn make(directory: &Path) -> Result<(), Error> {
    if directory.is_dir() {
        return Ok(());
    }
    let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(mode);
    builder.create(directory).attempt("make the directory", directory)?;
    let permissions = Permissions::from_mode(mode);
    std::fs::set_permissions(directory, permissions).attempt("open up", directory)
}

fn read_location(directory: &Path) -> Result<Option<PathBuf>, Error> {
    let path = directory.join("location");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().next().map(PathBuf::from)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).attempt("read", &path),
    }
}

/// Written under another name first, so that a crash cannot leave half a path.
fn write_location(directory: &Path, base: &Path) -> Result<(), Error> {
    let path = directory.join("location");
    let unfinished = directory.join("location.new");
    let mut file = File::create(&unfinished).attempt("write", &unfinished)?;
    writeln!(file, "{}", base.display()).attempt("write", &unfinished)?;
    writeln!(file, "The database is there, since its user may not enter this directory.")
        .attempt("write", &unfinished)?;
    file.sync_all().attempt("write", &unfinished)?;
    std::fs::rename(&unfinished, &path).attempt("write", &path)
}
