//! The server with the real programs: it starts, keeps its data, and never outlives its owner.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod paths;
mod programs;

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use private_postgres::{Durability, Error, Server, Settings, Tuning};
use tempfile::TempDir;

/// The variable with the state directory of an owner process, which is this test binary again.
const OWNER_DIRECTORY: &str = "PRIVATE_POSTGRES_TEST_OWNER_DIRECTORY";

/// The name of the program that owns the servers.
const NAME: &str = "private-test";

/// Returns a directory that the server's user may enter, whatever the umask is.
fn open_directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

fn settings(directory: &Path) -> Settings {
    Settings {
        name: NAME.to_owned(),
        directory: directory.to_owned(),
        programs: None,
        durability: Durability::Relaxed,
        tuning: Tuning::Defaults,
    }
}

fn start(directory: &Path) -> Server {
    Server::start(&settings(directory)).unwrap()
}

fn refusal(settings: &Settings) -> Error {
    match Server::start(settings) {
        Ok(server) => panic!("it started: {server:?}"),
        Err(error) => error,
    }
}

fn one_line(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

/// Returns the processes whose command line contains the directory: the server, its children, its
/// guard, and initdb.
fn processes_on(directory: &Path) -> Vec<String> {
    let listed = Command::new("ps").args(["-A", "-o", "args="]).output().unwrap();
    let all = String::from_utf8_lossy(&listed.stdout).into_owned();
    let name = directory.to_str().unwrap();
    all.lines().filter(|it| it.contains(name)).map(str::to_owned).collect()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Logs in to the database with the first messages of the protocol. Returns the type of the message
/// that follows "authenticated": `S` for a parameter, `E` for an error.
fn first_answer(server: &Server) -> u8 {
    let socket = server.socket_directory().join(".s.PGSQL.5432");
    let mut connection = UnixStream::connect(socket).unwrap();
    let names = b"user\0private_test\0database\0private_test\0\0";
    let length = u32::try_from(8 + names.len()).unwrap();
    let mut message = length.to_be_bytes().to_vec();
    message.extend(0x0003_0000_u32.to_be_bytes());
    message.extend(names);
    connection.write_all(&message).unwrap();
    // "Authenticated" has nine bytes. If the database is missing, an error follows.
    let mut answer = [0; 10];
    std::io::Read::read_exact(&mut connection, &mut answer).unwrap();
    answer[9]
}

/// Runs a statement with psql. Returns `None` if psql is not installed.
fn psql(server: &Server, statement: &str) -> Option<String> {
    let mut command = Command::new("psql");
    command.args(["-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, &server.url()]);
    let output = command.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

/// Starts this binary again, as a process that owns a server and waits until it is killed.
fn owner_of(directory: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "an_owner_process", "--nocapture"]);
    command.env(OWNER_DIRECTORY, directory);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

/// Waits until the owner's server is ready, and returns the server's process id.
fn server_of(owner: &mut Child) -> u32 {
    let lines = BufReader::new(owner.stdout.as_mut().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let line = lines.find_map(|it| it.split_once("server process ").map(|(_, id)| id.to_owned()));
    line.unwrap().parse().unwrap()
}

#[test]
fn an_owner_process() {
    let Some(directory) = std::env::var_os(OWNER_DIRECTORY) else {
        return;
    };
    let server = start(Path::new(&directory));
    println!("\nserver process {}", server.process_id());
    // Waits until it is killed, or until the test is killed and the pipe closes.
    let mut nothing = String::new();
    std::io::stdin().read_line(&mut nothing).unwrap();
}

#[test]
fn starts_and_stops_leaving_no_process() {
    let place = open_directory();
    let directory = place.path().join("state");
    let server = start(&directory);
    assert_eq!(first_answer(&server), b'S', "logged in to the database");
    assert!(!processes_on(&directory).is_empty());
    server.stop().unwrap();
    assert_eq!(processes_on(&directory), Vec::<String>::new());
}

#[test]
fn dropping_the_server_stops_it() {
    let place = open_directory();
    let directory = place.path().join("state");
    drop(start(&directory));
    assert_eq!(processes_on(&directory), Vec::<String>::new());
}

#[test]
fn data_is_kept_over_a_restart_which_is_quick() {
    let place = open_directory();
    let mut settings = settings(place.path());
    settings.durability = Durability::Durable;
    let first = Server::start(&settings).unwrap();
    psql(&first, "create table kept as select 42 as answer");
    let file = first.data_directory().join("kept-too");
    std::fs::write(&file, "").unwrap();
    first.stop().unwrap();

    let started = Instant::now();
    let second = Server::start(&settings).unwrap();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "took {took:?}");
    assert!(file.exists());
    if let Some(answer) = psql(&second, "select answer from kept") {
        assert_eq!(answer, "42");
    }
    second.stop().unwrap();
}

#[test]
fn durable_means_that_every_commit_is_synced() {
    let place = open_directory();
    for (durability, expected) in [(Durability::Durable, "on"), (Durability::Relaxed, "off")] {
        let mut settings = settings(place.path());
        settings.durability = durability;
        let server = Server::start(&settings).unwrap();
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            if let Some(value) = psql(&server, &format!("show {setting}")) {
                assert_eq!(value, expected, "{setting}");
            }
        }
        server.stop().unwrap();
    }
}

#[test]
fn a_second_start_on_the_same_directory_is_refused_and_names_the_first() {
    let place = open_directory();
    let server = start(place.path());
    let error = refusal(&settings(place.path()));
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    let text = one_line(&error);
    assert!(text.contains(&place.path().canonicalize().unwrap().display().to_string()), "{text}");
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
    assert_eq!(first_answer(&server), b'S', "the first is undisturbed");
    server.stop().unwrap();
}

#[test]
fn killing_the_owner_stops_its_server_cleanly() {
    let place = open_directory();
    let directory = place.path().join("state");
    let mut owner = owner_of(&directory);
    server_of(&mut owner);
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_until("all its processes end", || processes_on(&directory).is_empty());
    // A server that is killed leaves this file behind.
    assert!(!directory.join("postgres/postmaster.pid").exists());
}

#[test]
fn starting_right_after_the_owner_was_killed_works() {
    let place = open_directory();
    let mut owner = owner_of(place.path());
    let before = server_of(&mut owner);
    owner.kill().unwrap();
    owner.wait().unwrap();
    let server = start(place.path());
    assert_ne!(server.process_id(), before);
    assert_eq!(first_answer(&server), b'S');
    server.stop().unwrap();
}

#[test]
fn an_owner_killed_at_any_moment_of_its_first_start_leaves_nothing_behind() {
    let place = open_directory();
    let directory = place.path().join("state");
    for milliseconds in [10, 50, 200, 500, 800, 1200, 2000] {
        let mut owner = owner_of(&directory);
        // Does not wait for an event, because the moment of the kill varies.
        std::thread::sleep(Duration::from_millis(milliseconds));
        owner.kill().unwrap();
        owner.wait().unwrap();
        wait_until("all its processes end", || processes_on(&directory).is_empty());
    }
    let server = start(&directory);
    assert_eq!(first_answer(&server), b'S');
    server.stop().unwrap();
}

#[test]
fn a_server_that_lost_its_guard_too_is_stopped_by_the_next_start() {
    let place = open_directory();
    let directory = place.path().join("state");
    let mut owner = owner_of(&directory);
    let orphan = server_of(&mut owner);
    // The guard is the only shell in the server's process group.
    let listed = Command::new("ps").args(["-A", "-o", "pid=,pgid=,comm="]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let guard = listed.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (pid, group, name) = (words.next()?, words.next()?, words.next()?);
        (group == orphan.to_string() && name == "sh").then(|| pid.parse::<i32>().unwrap())
    });
    kill(Pid::from_raw(guard.expect("a guard")), Signal::SIGKILL).unwrap();
    owner.kill().unwrap();
    owner.wait().unwrap();
    let server = start(&directory);
    assert_ne!(server.process_id(), orphan);
    assert_eq!(first_answer(&server), b'S');
    server.stop().unwrap();
    assert_eq!(processes_on(&directory), Vec::<String>::new());
}

#[test]
fn a_pid_file_left_by_a_power_loss_does_not_block_although_its_process_id_is_in_use() {
    let place = open_directory();
    start(place.path()).stop().unwrap();
    // Another process has its id now: this one.
    let us = std::process::id();
    let data = place.path().canonicalize().unwrap().join("postgres");
    let left = format!("{us}\n{}\n1700000000\n5432\n/nowhere\n\n 1 2\nready\n", data.display());
    std::fs::write(data.join("postmaster.pid"), left).unwrap();
    let socket_lock = place.path().join("socket/.s.PGSQL.5432.lock");
    std::fs::write(socket_lock, format!("{us}\n")).unwrap();
    let server = start(place.path());
    assert_eq!(first_answer(&server), b'S');
    server.stop().unwrap();
}

#[test]
fn a_half_created_cluster_is_never_used() {
    let place = open_directory();
    let half = place.path().join("postgres.new");
    std::fs::create_dir_all(half.join("base/1")).unwrap();
    std::fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    std::fs::write(half.join("left-over"), "").unwrap();
    let server = start(place.path());
    assert_eq!(first_answer(&server), b'S');
    assert!(!half.exists());
    assert!(!server.data_directory().join("left-over").exists());
    server.stop().unwrap();
}

#[test]
fn a_server_that_cannot_start_is_reported_with_its_own_reason() {
    let place = open_directory();
    let server = start(place.path());
    let configuration = server.data_directory().join("postgresql.conf");
    server.stop().unwrap();
    std::fs::write(&configuration, "no_such_setting = 1\n").unwrap();
    let started = Instant::now();
    let error = refusal(&settings(place.path()));
    assert!(matches!(error, Error::EndedByItself { .. }), "{error}");
    assert!(one_line(&error).contains("server.log"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[test]
fn a_killed_server_is_reported_when_stopped_and_recovers_at_the_next_start() {
    let place = open_directory();
    let mut settings = settings(place.path());
    settings.durability = Durability::Durable;
    let server = Server::start(&settings).unwrap();
    psql(&server, "create table kept as select 42 as answer");
    let number = i32::try_from(server.process_id()).unwrap();
    kill(Pid::from_raw(number), Signal::SIGKILL).unwrap();
    wait_until("its process ends, without being waited for", || {
        let id = number.to_string();
        let listed = Command::new("ps").args(["-o", "stat=", "-p", &id]).output().unwrap();
        !listed.status.success() || listed.stdout.starts_with(b"Z")
    });
    let error = server.stop().unwrap_err();
    assert!(matches!(error, Error::EndedByItself { .. }), "{error}");
    one_line(&error);

    let server = Server::start(&settings).unwrap();
    if let Some(answer) = psql(&server, "select answer from kept") {
        assert_eq!(answer, "42");
    }
    server.stop().unwrap();
}

#[test]
fn a_large_log_is_moved_aside_at_the_next_start() {
    let place = open_directory();
    std::fs::write(place.path().join("server.log"), vec![b'x'; 9 * 1024 * 1024]).unwrap();
    let server = start(place.path());
    assert!(std::fs::metadata(server.log_file()).unwrap().len() < 1024 * 1024);
    assert!(place.path().join("server.log.1").exists());
    server.stop().unwrap();
}

#[test]
fn an_invalid_name_is_refused() {
    let place = open_directory();
    let mut settings = settings(place.path());
    settings.name = "Not a name".to_owned();
    let error = refusal(&settings);
    assert!(matches!(error, Error::Name { .. }), "{error}");
    one_line(&error);
}
