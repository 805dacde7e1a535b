//! The name of the program that owns the server, and the names that follow from it.

use std::path::{Path, PathBuf};

use super::error::Error;

/// The maximum length of a name: the guard's process and socket paths contain it.
const MAX_LENGTH: usize = 40;

/// A valid name, for example `refund-inbox`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// Returns the name if it has at most 40 small letters, digits and `-`, with a letter first.
    pub(super) fn new(name: &str) -> Result<Name, Error> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_valid = name.len() <= MAX_LENGTH
            && name.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
            && name.bytes().all(allowed);
        if is_valid {
            Ok(Name(name.to_owned()))
        } else {
            Err(Error::Name { name: name.to_owned() })
        }
    }

    /// Returns the name of the database and of the server's superuser.
    pub(super) fn database(&self) -> String {
        self.0.replace('-', "_")
    }

    /// Returns the title of the guard's process.
    pub(super) fn guard(&self) -> String {
        format!("{}-guard", self.0)
    }

    /// Returns the name of a socket directory in the system's temporary directory.
    pub(super) fn temporary(&self, id: &str) -> String {
        format!("{}-{id}", self.0)
    }

    /// Returns the directory for data that cannot be in its state directory.
    pub(super) fn directory_elsewhere(&self) -> PathBuf {
        Path::new("/var/lib").join(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_is_safe_in_paths_process_titles_and_sql() {
        assert_eq!(Name::new("my-service").unwrap().database(), "my_service");
        let long = "a".repeat(41);
        for name in ["", "-a", "1a", "A", "a b", "a_b", "a/b", "..", "a;b", "a\"b", long.as_str()] {
            assert!(Name::new(name).is_err(), "{name:?}");
        }
    }
}
