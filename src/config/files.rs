//! The files that a configuration was read from, and whether they still say the same.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use refund_providers::crypto::hash::sha256;

/// The files that were read for a configuration, each with the digest of what stood in it; `None`
/// for one that could not be read.
///
/// Contents are compared, not times and sizes: a file that is swapped by a symbolic link further
/// up its path, as Kubernetes does, is seen, one that is only touched is not, and no clock of a
/// file system decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, Option<[u8; 32]>>);

impl Files {
    /// Reads a file as text and notes what stood in it.
    pub(super) fn read(&mut self, path: &Path) -> io::Result<String> {
        let read = std::fs::read(path);
        // Read twice with a change in between, it has changed.
        self.0.entry(path.to_owned()).or_insert_with(|| digest(&read));
        String::from_utf8(read?)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not valid UTF-8"))
    }

    /// The same files as they are now.
    pub fn read_again(&self) -> Self {
        Self(self.0.keys().map(|path| (path.clone(), digest(&std::fs::read(path)))).collect())
    }

    /// Whether no file that stands in both was different.
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
    fn a_file_that_is_changed_made_or_removed_is_seen_and_one_that_is_touched_is_not() {
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
        assert_ne!(files.read_again(), files, "made");
    }

    /// `secret -> ..data/secret`, `..data -> ..1`; then `..data` is renamed over.
    #[test]
    fn a_swap_of_the_directory_behind_a_symbolic_link_is_seen() {
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
    fn readings_agree_on_what_both_have_read() {
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
    fn what_was_read_twice_with_a_change_in_between_has_changed() {
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
