//! Golden outputs: files in `tests/golden` that an output must equal.

use std::path::Path;

/// Requires that an output equals the file. With the variable `UPDATE_GOLDEN`, it writes the file
/// instead: read the difference before you commit it.
pub fn check(name: &str, output: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, output).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == output,
        "tests/golden/{name} differs (UPDATE_GOLDEN=1 writes it):\n{expected}\nfound:\n{output}"
    );
}
