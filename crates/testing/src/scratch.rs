//! Where test servers keep their files.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::processes::is_running;
use crate::program::build_directory;

/// Returns the directory of this process. The first call removes the directories of processes that
/// have ended.
pub fn directory() -> PathBuf {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let base = build_directory().join("scratch");
        fs::create_dir_all(&base).unwrap();
        for entry in fs::read_dir(&base).unwrap().flatten() {
            let name = entry.file_name();
            let process_id: Option<u32> = name.to_str().and_then(|name| name.parse().ok());
            if process_id.is_some_and(|id| !is_running(id)) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let mine = base.join(std::process::id().to_string());
        fs::create_dir_all(&mine).unwrap();
        mine
    });
    DIRECTORY.clone()
}

/// Returns an unused path in [`directory`]. Nothing exists there yet.
pub fn unused(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    directory().join(format!("{}-{number}", name.replace(' ', "-")))
}
