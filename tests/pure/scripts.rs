//! Scripts that leave out what a machine does not have: they say so and succeed, and where the machine
//! has it, they fail if the check fails. The programs are stubs, and no other program is on the PATH.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// What the scripts use of every system.
const TOOLS: [&str; 11] =
    ["sh", "env", "dirname", "sed", "cut", "sort", "grep", "tr", "mkdir", "cp", "id"];

/// What building and testing need. Each notes how it is called.
const NEEDED: [(&str, &str); 5] = [
    ("cargo", "echo cargo 99.0.0"),
    ("rustc", "echo 'rustc 99.0.0 (0000000 2026-01-01)'"),
    ("cc", ":"),
    ("initdb", ":"),
    ("postgres", "echo 'postgres (PostgreSQL) 99.0'"),
];

/// A machine with these programs alone.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn with(programs: &[(&str, &str)]) -> Self {
        let machine = Self { directory: tempfile::tempdir().unwrap() };
        fs::create_dir(machine.programs()).unwrap();
        let path = std::env::var("PATH").unwrap();
        for tool in TOOLS {
            let folders = path.split(':').map(|folder| Path::new(folder).join(tool));
            let found = folders.into_iter().find(|file| file.exists());
            let found = found.unwrap_or_else(|| panic!("{tool} is not on the PATH"));
            symlink(found, machine.programs().join(tool)).unwrap();
        }
        for (name, does) in NEEDED.iter().chain(programs) {
            // A stub may stand for a tool.
            let file = machine.programs().join(name);
            let _ = fs::remove_file(&file);
            let calls = machine.calls().display().to_string();
            let text = format!("#!/bin/sh\necho \"{name} $*\" >> '{calls}'\n{does}\n");
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        machine
    }

    fn programs(&self) -> PathBuf {
        self.directory.path().join("programs")
    }

    /// The file in which the stubs note their calls.
    fn calls(&self) -> PathBuf {
        self.directory.path().join("calls")
    }

    /// Runs a script of the repository. Returns how it ended, and the calls of the stubs.
    fn run(&self, script: &str) -> (Output, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new("/bin/sh")
            .arg(root.join(script))
            .env_clear()
            .env("PATH", self.programs())
            .env("HOME", self.directory.path())
            .env("CARGO_TARGET_DIR", self.directory.path().join("target"))
            .output()
            .unwrap();
        (output, fs::read_to_string(self.calls()).unwrap_or_default())
    }
}

#[test]
fn the_check_of_the_console_skips_with_a_line_where_there_is_no_browser() {
    let browser = [("chromium", ":"), ("node", ":"), ("npm", ":")];
    let fails = |name: &'static str| {
        browser.map(|(program, does)| (program, if program == name { "exit 1" } else { does }))
    };
    let installer = [("apt-get", "exit 100"), ("id", "echo 0")];
    for (what, programs, why) in [
        ("nothing", vec![], "Chromium and Node.js cannot be installed"),
        ("no Chromium", browser[1..].to_vec(), "Chromium and Node.js cannot be installed"),
        ("an installer that fails", installer.to_vec(), "Chromium and Node.js cannot be installed"),
        ("an npm that fails", fails("npm").to_vec(), "the packages of tests/console/package.json"),
    ] {
        let (output, calls) = Machine::with(&programs).run("script/console-check");
        let said = String::from_utf8_lossy(&output.stdout);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {said}{complaints}");
        let line = said.lines().find(|line| line.starts_with("=== SKIPPED: the console"));
        assert!(line.is_some_and(|line| line.contains(why)), "{what}: {said}{complaints}");
        assert!(!calls.contains("cargo build") && !calls.contains("check.mjs"), "{what}: {calls}");
    }
}

#[test]
fn the_check_of_the_console_fails_with_its_browser() {
    for (node, expected) in [("exit 0", 0), ("exit 7", 7)] {
        let programs = [("chromium", ":"), ("node", node), ("npm", ":")];
        let (output, calls) = Machine::with(&programs).run("script/console-check");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(expected), "{said}");
        assert!(!said.contains("SKIPPED"), "{said}");
        assert!(calls.contains("cargo build") && calls.contains("check.mjs"), "{calls}");
    }
}
