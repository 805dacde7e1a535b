//! Any configuration is either read or refused with whole lines, and nothing panics.

use proptest::prelude::*;
use refund_inbox::config::ConfigurationError;

use super::{CANARY, PUBLIC_KEY, Place, eftpay};

/// Parts that a careless or playful user might write.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'''",
    "\"\"\"",
    "\n",
    "\r",
    "#",
    ".",
    ",",
    "0",
    "-1",
    "1e400",
    "nan",
    "true",
    "1979-05-27",
    "99999999999999999999",
    "\\u0000",
    "\u{85}",
    "é",
    "[http]\n",
    "[accounts.a]\n",
    "[accounts]\n",
    "accounts = []\n",
    "http = 5\n",
    "_file = \"x\"\n",
    "_files = [\"x\"]\n",
    "\"a\\nb\" = 1\n",
    "secrets_files = [\"a\\nb\"]\n",
    "pem_file = \"/\"\n",
    "\"http.listen\" = \"x\"\n",
    "\"http[3]\" = 1\n",
    "\"http[-3]\".listen = 1\n",
    "\"http[9223372036854775807]\" = 1\n",
    "\"accounts[99999999999]\" = 1\n",
    "provider = \"paycools\"\n",
    "variant = {}\n",
    "secrets = {}\n",
    "secrets = [{}]\n",
];

fn valid() -> String {
    format!(
        "[http]\nlisten = \"127.0.0.1:1\"\n[database]\nurl = \"postgres://{CANARY}@h/d\"\n\
         [recording]\ndeadline_ms = 1\n[log]\nformat = \"json\"\n{}\
         [accounts.my]\nprovider = \"paycools\"\nvariant = \"envelope\"\ncurrency = \"MYR\"\n\
         public_keys = [{{ id = \"1\", pem = \"\"\"\n{PUBLIC_KEY}\"\"\" }}]\n",
        eftpay("hk-store", &format!("user_confirm_key = \"S1\"\nsecrets = [\"{CANARY}\"]")),
    )
}

/// Returns whether the error has lines, each of which is one line.
fn is_reported_in_lines(error: &ConfigurationError) -> bool {
    !error.lines.is_empty()
        && error.lines.iter().all(|line| !line.is_empty() && !line.contains(['\n', '\r']))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_damaged_file_is_read_or_refused_in_lines(
        damages in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..40_usize, prop::sample::select(PIECES)),
            1..4,
        ),
    ) {
        let mut text = valid();
        for (place, removed, piece) in damages {
            let characters: Vec<char> = text.chars().collect();
            let begin = place.index(characters.len() + 1);
            let end = (begin + removed).min(characters.len());
            let kept = [&characters[..begin], &characters[end..]];
            text = kept[0].iter().collect::<String>() + piece + &kept[1].iter().collect::<String>();
        }
        if let Err(error) = Place::with(&text).load() {
            prop_assert!(is_reported_in_lines(&error), "{error:?}\n{text}");
        }
    }

    #[test]
    fn lines_in_another_order_are_read_or_refused_in_lines(
        swaps in prop::collection::vec((any::<prop::sample::Index>(), 0..PIECES.len() * 2), 1..6),
    ) {
        let text = valid();
        let mut lines: Vec<&str> = text.lines().collect();
        for (place, other) in swaps {
            let place = place.index(lines.len());
            match PIECES.get(other) {
                Some(piece) => lines.insert(place, piece),
                None => {
                    let last = lines.len() - 1;
                    lines.swap(place, (other * 7).min(last));
                }
            }
        }
        if let Err(error) = Place::with(&lines.join("\n")).load() {
            prop_assert!(is_reported_in_lines(&error), "{error:?}\n{}", lines.join("\n"));
        }
    }

    #[test]
    fn a_damaged_environment_is_read_or_refused_in_lines(
        name in "REFUND_INBOX_{1,3}(HTTP|ACCOUNTS|[A-Z\\[\\]0-9.-]{0,6})_{0,4}(LISTEN|HK_STORE|A|\\PC{0,3})_{0,3}(SECRETS|SECRETS_FILES|[A-Z]{0,3})",
        value in "\\PC{0,12}|\\[\\PC{0,12}\\]|\\[\\{.{0,8}\\}\\]|-?[0-9]{1,30}",
    ) {
        if let Err(error) = Place::with(&valid()).variable(&name, &value).load() {
            prop_assert!(is_reported_in_lines(&error), "{error:?}\n{name}={value}");
        }
    }
}
