//! Ids and salts. No other module makes them, and no other uses randomness.
//!
//! `uuid` draws from a cryptographic generator of the process, which the operating system seeds: its
//! feature `fast-rng`.

use std::sync::{LazyLock, Mutex};

use time::OffsetDateTime;
use uuid::{ContextV7, Timestamp, Uuid};

use refund_providers::crypto::Salt;

/// Makes the ids of one millisecond sort in the order of their creation.
static ORDER: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

/// Returns a new version 7 UUID. It sorts by `at`, and within this process by the order of the
/// calls.
#[expect(clippy::disallowed_methods, reason = "only this module uses randomness")]
pub fn new_id(at: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(&*ORDER, seconds, at.nanosecond()))
}

/// Returns a new salt, of 122 random bits.
#[expect(clippy::disallowed_methods, reason = "only this module uses randomness")]
pub fn new_salt() -> Salt {
    Salt::new(Uuid::new_v4().into_bytes())
}

/// Returns a new key of 256 random bits.
pub fn new_key() -> [u8; 32] {
    random()
}

/// Returns a new nonce of 96 random bits. With one key, as many contents may be sealed as 32 bits
/// count.
pub fn new_nonce() -> [u8; 12] {
    random()
}

/// Returns random bytes. They come from random UUIDs, of each of which two bytes are not random as a
/// whole.
#[expect(clippy::disallowed_methods, reason = "only this module uses randomness")]
fn random<const N: usize>() -> [u8; N] {
    let mut source = std::iter::repeat_with(|| Uuid::new_v4().into_bytes())
        .flat_map(|bytes| bytes.into_iter().enumerate())
        .filter(|(place, _)| ![6, 8].contains(place))
        .map(|(_, byte)| byte);
    std::array::from_fn(|_| source.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{new_id, new_key, new_nonce, new_salt};

    #[test]
    fn ids_of_one_moment_sort_in_the_order_of_their_creation() {
        let at = datetime!(2026-11-22 03:06:45 UTC);
        let made: Vec<_> = (0..1000).map(|_| new_id(at)).collect();
        assert!(made.is_sorted());
        assert!(made.last() < Some(&new_id(at + time::Duration::milliseconds(1))));
    }

    #[test]
    fn no_two_salts_keys_or_nonces_are_equal_and_every_bit_varies() {
        assert_ne!(new_salt(), new_salt());
        assert_ne!(new_nonce(), new_nonce());
        let (mut ones, mut zeros) = ([0; 32], [0; 32]);
        for _ in 0..200 {
            for (place, byte) in new_key().into_iter().enumerate() {
                ones[place] |= byte;
                zeros[place] |= !byte;
            }
        }
        assert_eq!((ones, zeros), ([255; 32], [255; 32]));
    }
}
