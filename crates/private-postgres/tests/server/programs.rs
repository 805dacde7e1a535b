//! The PostgreSQL programs: their versions, and what is reported without them.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use private_postgres::Error;

use super::{one_line, open_directory, refusal, settings, start};

#[test]
fn data_of_another_version_is_refused_naming_both() {
    let place = open_directory();
    let server = start(place.path());
    let version = server.version().to_owned();
    let data = server.data_directory().to_owned();
    server.stop().unwrap();
    std::fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let error = refusal(&settings(place.path()));
    assert!(matches!(error, Error::OtherVersion { .. }), "{error}");
    let text = one_line(&error);
    assert!(text.contains("PostgreSQL 9,") && text.contains(&version), "{text}");
}

#[test]
fn without_programs_one_line_says_how_to_install_them() {
    let error = Error::NoPrograms { oldest: 14, passed_over: String::new() };
    let text = one_line(&error);
    for command in ["apt-get install", "dnf install", "apk add", "brew install", "pip install"] {
        assert!(text.contains(command), "{text}");
    }
}

#[test]
fn a_directory_without_the_programs_is_refused_by_name() {
    let place = open_directory();
    let mut settings = settings(&place.path().join("state"));
    settings.programs = Some(place.path().to_owned());
    let error = refusal(&settings);
    assert!(matches!(error, Error::ProgramsUnusable { .. }), "{error}");
    assert!(one_line(&error).contains(&place.path().display().to_string()), "{error}");
}

#[test]
fn a_program_of_an_old_version_is_refused_with_the_reason() {
    let place = open_directory();
    for name in ["initdb", "postgres"] {
        let file = place.path().join(name);
        std::fs::write(&file, "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6'\n").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    }
    let mut settings = settings(&place.path().join("state"));
    settings.programs = Some(place.path().to_owned());
    let text = one_line(&refusal(&settings));
    assert!(text.contains("is 9.6, older than 14"), "{text}");
}
