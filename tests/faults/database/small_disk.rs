//! A disk so small that it can be filled.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use testing::scratch;

/// The file that fills the disk.
const BALLAST: &str = "ballast";

/// A file system in memory, unmounted when dropped.
pub(super) struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk of this size; `None` if the machine does not allow it.
    pub(super) fn mount(name: &str, mebibytes: u32) -> Option<Self> {
        let path = scratch::unused(&format!("disk-{name}"));
        fs::create_dir_all(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]).arg(&path);
        let mounted = mount.stdin(Stdio::null()).stderr(Stdio::null()).status();
        if !mounted.is_ok_and(|status| status.success()) {
            return None;
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the user of a server write to it.
    pub(super) fn give_to_the_owner_of(&self, data: &Path) {
        let owner = fs::metadata(data).unwrap();
        chown(&self.path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    /// Fills it to the last byte.
    pub(super) fn fill(&self) {
        let mut ballast = fs::File::create(self.path.join(BALLAST)).unwrap();
        let block = vec![1; 4096];
        while ballast.write_all(&block).is_ok() {}
    }

    /// Removes the file that fills the disk.
    pub(super) fn empty(&self) {
        fs::remove_file(self.path.join(BALLAST)).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A server that still uses the disk keeps it until the server ends.
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}
