//! The files that a configuration was read from, to notice when their contents change.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use refund_providers::crypto::hash::sha256;

/// The files that were read for a configuration, each with the digest of its content; `None` for a
/// file that could not be read.
///
/// Comparing contents instead of times and sizes notices a file that Kubernetes swaps by a symbolic
/// link further up its path, ignores a file that was only touched, and depends on no file system's
/// clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, Option<[u8; 32]>>);

impl Files {
    /// Reads a file as text, and remembers the digest of its content.
    pub(super) fn read(&mut self, path: &Path) -> io::Result<String> {
        let read = std::fs::read(path);
        // If a file is read twice with a change in between, the first digest stays: it has changed.
        self.0.entry(path.to_owned()).or_insert_with(|| digest(&read));
        String::from_utf8(read?)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not valid UTF-8"))
    }

    /// Reads the same files again.
    pub fn read_again(&self) -> Self {
        Self(self.0.keys().map(|path| (path.clone(), digest(&std::fs::read(path)))).collect())
    }

    /// Returns whether all files that both have read had the same content.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.0.iter().all(|(path, digest)| other.0.get(path).is_none_or(|other| other == digest))
    }
}

fn digest(read: &io::Result<Vec<u8>>) -> Option<[u8; 32]> {
    read.as_ref().ok().map(|bytes| sha256(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::Files;

    #[test]
    fn a_changed_created_or_removed_file_is_noticed_and_a_touched_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let [there, missing] = ["there", "missing"].map(|name| directory.path().join(name));
        fs::write(&there, "one").unwrap();
        let mut files = Files::default();
        assert_eq!(files.read(&there).unwrap(), "one");
        files.read(&missing).unwrap_err();
        assert_eq!(files.read_again(), files);

        fs::write(&there, "one").unwrap();
        assert_eq!(files.read_again(), files, "touched");
        fs::write(&there, "two").unwrap();
        assert_ne!(files.read_again(), files, "changed, of the same size");
        fs::remove_file(&there).unwrap();
        assert_ne!(files.read_again(), files, "removed");
        fs::write(&there, "one").unwrap();
        fs::write(&missing, "").unwrap();
        assert_ne!(files.read_again(), files, "created");
    }

    /// `secret` links to `..data/secret`, `..data` links to `..1`, and another link replaces
    /// `..data`.
    #[test]
    fn a_swap_of_the_directory_behind_a_symbolic_link_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for (version, secret) in [("..1", "one"), ("..2", "two")] {
            fs::create_dir(at(version)).unwrap();
            fs::write(at(version).join("secret"), secret).unwrap();
        }
        symlink("..1", at("..data")).unwrap();
        symlink("..data/secret", at("secret")).unwrap();
        let mut files = Files::default();
        assert_eq!(files.read(&at("secret")).unwrap(), "one");
        symlink("..2", at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
        assert_ne!(files.read_again(), files);
    }

    #[test]
    fn readings_agree_if_the_files_that_both_read_are_equal() {
        let directory = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| directory.path().join(name));
        fs::write(&one, "").unwrap();
        fs::write(&two, "").unwrap();
        let mut before = Files::default();
        before.read(&one).unwrap();
        let mut after = before.clone();
        after.read(&two).unwrap();
        assert!(before.agrees_with(&after) && after.agrees_with(&before));
        fs::write(&one, "x").unwrap();
        let after = after.read_again();
        assert!(!before.agrees_with(&after) && !after.agrees_with(&before));
    }

    #[test]
    fn a_file_that_changes_between_two_reads_has_changed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        let mut files = Files::default();
        for text in ["one", "two"] {
            fs::write(&file, text).unwrap();
            assert_eq!(files.read(&file).unwrap(), text);
        }
        assert_ne!(files.read_again(), files);
    }
}
