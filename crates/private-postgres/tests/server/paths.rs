//! Where data and sockets are: unusual paths, other users, and root.

use std::fs::Permissions;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::unistd::geteuid;
use private_postgres::Error;

use super::{first_answer, one_line, open_directory, psql, refusal, settings, start};

#[test]
fn a_path_too_long_for_a_socket_has_its_socket_in_the_temporary_directory() {
    let place = open_directory();
    let directory = place.path().join("long".repeat(30));
    let server = start(&directory);
    assert!(!server.socket_directory().starts_with(place.path()));
    assert_eq!(first_answer(&server), b'S');
    let socket_directory = server.socket_directory().to_owned();
    server.stop().unwrap();
    assert!(!socket_directory.exists());
}

#[test]
fn unusual_characters_in_the_path_work() {
    let place = open_directory();
    for name in ["a b", "it's 100% \"sure\", $HOME & ünïcode;"] {
        let server = start(&place.path().join(name));
        assert_eq!(first_answer(&server), b'S', "{name}");
        if let Some(answer) = psql(&server, "select current_database()") {
            assert_eq!(answer, "private_test", "{name}");
        }
        server.stop().unwrap();
    }
}

#[test]
fn a_line_break_in_the_path_is_refused() {
    let place = open_directory();
    let error = refusal(&settings(&place.path().join("new\nline")));
    assert!(matches!(error, Error::LineBreak { .. }), "{error}");
    one_line(&error);
}

#[test]
fn other_users_can_reach_neither_data_nor_socket() {
    let place = open_directory();
    let server = start(place.path());
    for directory in [server.data_directory(), server.socket_directory()] {
        let found = std::fs::metadata(directory).unwrap();
        assert_eq!(found.mode() & 0o077, 0, "{}", directory.display());
        assert_ne!(found.uid(), 0, "never root's");
    }
    for file in [server.log_file(), &place.path().join("lock"), &place.path().join("server.lock")] {
        let found = std::fs::metadata(file).unwrap();
        assert_eq!(found.mode() & 0o077, 0, "{}", file.display());
    }
    let socket = std::fs::metadata(server.socket_directory().join(".s.PGSQL.5432")).unwrap();
    assert_eq!(socket.mode() & 0o077, 0);
    server.stop().unwrap();
}

/// Removes the data that a server of root has outside of the temporary directory.
struct Elsewhere(PathBuf);

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn as_root_data_goes_elsewhere_when_the_servers_user_cannot_enter() {
    if !geteuid().is_root() {
        return;
    }
    // Private to root, like a clone in root's home.
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o700)).unwrap();
    let directory = place.path().join("state");
    let first = start(&directory);
    let base = first.data_directory().parent().unwrap().to_owned();
    let _elsewhere = Elsewhere(base.clone());
    assert!(base.starts_with("/var/lib/private-test"), "{}", base.display());
    let location = std::fs::read_to_string(directory.join("location")).unwrap();
    assert_eq!(location.lines().next(), base.to_str());
    assert_eq!(first_answer(&first), b'S');
    psql(&first, "create table kept as select 42 as answer");
    first.stop().unwrap();

    // The server uses the same data when the directory is open to all users, or a copy.
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let second = start(&directory);
    assert_eq!(second.data_directory().parent(), Some(base.as_path()));
    let copy = place.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(directory.join("location"), copy.join("location")).unwrap();
    let error = refusal(&settings(&copy));
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    second.stop().unwrap();
}

#[test]
fn as_root_data_that_cannot_be_entered_any_more_is_not_replaced_by_empty_data() {
    if !geteuid().is_root() {
        return;
    }
    let place = open_directory();
    let directory = place.path().join("state");
    start(&directory).stop().unwrap();
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o700)).unwrap();
    let error = refusal(&settings(&directory));
    assert!(matches!(error, Error::CannotEnter { .. }), "{error}");
    one_line(&error);
}
