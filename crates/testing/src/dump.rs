//! Writes a database out as a backup does.

use std::process::Command;

use crate::postgres::program;

/// Returns the values of all rows as `pg_dump` writes them, except those of the list of migrations, and after them the bytes of each binary
/// value as text.
pub fn rows(url: &str) -> String {
    let options =
        ["--data-only", "--inserts", "--exclude-table", "*.schema_migrations", "--dbname"];
    let made = Command::new(program("pg_dump")).args(options).arg(url).output();
    let made = made.unwrap_or_else(|error| panic!("pg_dump does not run: {error}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let dump = String::from_utf8(made.stdout).unwrap();
    let mut rows = dump.split("\nINSERT INTO ");
    rows.next();
    // After the last row of a table comes a comment with the name of the next one.
    let values =
        |row: &str| Some(row.split_once(" VALUES ")?.1.split(");\n\n\n--").next()?.to_owned());
    let mut text: String = rows.filter_map(values).collect();
    let decoded: Vec<String> = text.split("\\x").skip(1).map(binary).collect();
    text.push_str(&decoded.join("\n"));
    text
}

/// Returns the binary value at the beginning of a text as text.
fn binary(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let bytes = data_encoding::HEXLOWER.decode(&text.as_bytes()[..digits]).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
