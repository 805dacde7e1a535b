//! PostgreSQL versions, as its programs and its data directories tell them.

use std::fmt;

/// A released version of PostgreSQL, such as 15.18. Ordered from old to new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
}

/// The oldest major version the service is made for.
pub(super) const OLDEST_MAJOR: u32 = 14;

impl Version {
    /// Reads the answer to `postgres --version`, e.g. `postgres (PostgreSQL) 15.18 (Debian …)`.
    ///
    /// Gives `None` for anything else, betas included: the data they write is not for keeping.
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

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_read_as_the_server_announces_them() {
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
