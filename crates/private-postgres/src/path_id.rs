//! Short ids for paths, for directories outside of the state directory that belong to it.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Returns sixteen hexadecimal digits that are the same for the same path in every release, because
/// the data is found by them. (64-bit FNV-1a; the hash of the standard library may change.)
pub(super) fn path_id(path: &Path) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in path.as_os_str().as_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_id_of_a_path_never_changes() {
        assert_eq!(super::path_id(Path::new("")), "cbf29ce484222325");
        assert_eq!(super::path_id(Path::new("a")), "af63dc4c8601ec8c");
    }
}
