//! Settings of a run, from the environment: how many kills, which seed, which load.

use std::str::FromStr;

/// Returns the number in the variable `name`, or the default.
pub(crate) fn number<T: FromStr>(name: &str, usual: T) -> T {
    match std::env::var(name) {
        Ok(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => panic!("{name}: expected a number, found {text:?}"),
        },
        Err(_) => usual,
    }
}

/// Returns the seed of all random choices. The same seed chooses the same faults in the same order.
/// The work of the processes at that moment may differ.
pub(crate) fn seed() -> u64 {
    number("FAULTS_SEED", fastrand::u64(..))
}
