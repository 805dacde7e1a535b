//! What whoever runs this may ask for, by the environment: how many kills, which seed, which load.

use std::fmt::Display;
use std::io::Write;
use std::str::FromStr;

/// The number that `name` gives, or the usual one.
pub(crate) fn number<T: FromStr>(name: &str, usual: T) -> T {
    match std::env::var(name) {
        Ok(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => panic!("{name}: expected a number, found {text:?}"),
        },
        Err(_) => usual,
    }
}

/// The seed of everything that is drawn by lot. The same seed draws the same faults in the same
/// order; what the processes are doing at that moment is theirs.
pub(crate) fn seed() -> u64 {
    number("FAULTS_SEED", fastrand::u64(..))
}

/// Says something to whoever runs the tests, also when they pass: a proof that nobody sees is none.
pub(crate) fn say(line: impl Display) {
    // Standard output may be closed; the test's outcome does not depend on it.
    let _ = writeln!(std::io::stdout(), "{line}");
}
