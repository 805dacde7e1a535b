//! Versions of PostgreSQL, as its programs print them and its data directories contain them.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::{Attempt, Error};

/// A released version of PostgreSQL, for example 15.18. Orders from old to new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
}

/// The oldest supported major version.
pub(super) const OLDEST_MAJOR: u32 = 14;

impl Version {
    /// Parses the output of `postgres --version`, e.g. `postgres (PostgreSQL) 15.18 (Debian …)`.
    ///
    /// Returns `None` for any other text, also that of a beta: later versions may not read its
    /// data.
    pub(super) fn from_announcement(text: &str) -> Option<Version> {
        let rest = text.trim().strip_prefix("postgres (PostgreSQL) ")?;
        let (major, minor) = rest.split_whitespace().next()?.split_once('.')?;
        Some(Version { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}.{}", self.major, self.minor)
    }
}

/// The major version of PostgreSQL that created a data directory.
#[derive(Debug)]
pub(super) struct WrittenBy {
    pub(super) data: PathBuf,
    pub(super) major: String,
}

impl WrittenBy {
    /// Reads the version from `data`. Returns `None` if there is no cluster.
    pub(super) fn read(data: &Path) -> Result<Option<WrittenBy>, Error> {
        let path = data.join("PG_VERSION");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                Ok(Some(WrittenBy { data: data.to_owned(), major: text.trim().to_owned() }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).attempt("read", &path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_parsed_from_the_output_of_the_server() {
        for (text, expected) in [
            ("postgres (PostgreSQL) 18.4\n", Some((18, 4))),
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some((15, 18))),
            ("postgres (PostgreSQL) 19beta1\n", None),
            ("postgres (PostgreSQL) 19devel\n", None),
            ("initdb (PostgreSQL) 15.18\n", None),
            ("", None),
        ] {
            let read = Version::from_announcement(text).map(|it| (it.major, it.minor));
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn a_two_digit_minor_is_newer_than_a_one_digit_one() {
        let old = Version { major: 15, minor: 9 };
        let new = Version { major: 15, minor: 18 };
        assert!(old < new);
    }
}
