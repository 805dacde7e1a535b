//! What the fuzz targets share: accounts, signatures, seeds, and the checks of every judgement.

pub mod checks;
pub mod content;
pub mod fixtures;
pub mod forgery;
pub mod keys;
pub mod seeds;
pub mod signed;

use http::{HeaderMap, HeaderName, HeaderValue};
use refund_providers::contract::{Delivery, Judgement, Meaning, Outcome, Provider, judge};
use time::OffsetDateTime;
use time::macros::datetime;

/// An account of any provider.
pub type Account = Box<dyn Provider>;

/// The time of receipt of every delivery that a target signs itself.
pub const NOW: OffsetDateTime = datetime!(2026-01-01 00:00:01 UTC);

/// The path of every delivery that a target signs itself.
pub const PATH: &str = "/notify/fuzz/account";

/// Takes one of `choices` by the first byte. Returns its index and the rest of the input.
pub fn choice(data: &[u8], choices: usize) -> Option<(usize, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((usize::from(*first).checked_rem(choices)?, rest))
}

/// Judges a request that a target made, and checks the result.
pub fn judge_and_check(account: &Account, headers: &[(&str, &str)], body: &[u8]) -> Judgement {
    let headers = header_map(headers.iter().copied());
    judge_delivery(
        account,
        &Delivery {
            path_and_query: PATH,
            headers: &headers,
            redacted: &[],
            body,
            received_at: NOW,
        },
    )
}

/// A delivery whose body has a multiple of this length is judged twice.
const JUDGED_TWICE: usize = 8;

/// Judges a delivery, checks the result, and words every answer to it.
pub fn judge_delivery(account: &Account, delivery: &Delivery<'_>) -> Judgement {
    let judgement = judge(&**account, delivery);
    if delivery.body.len().is_multiple_of(JUDGED_TWICE) {
        assert_eq!(judgement, judge(&**account, delivery), "judged differently again");
    }
    for outcome in Outcome::ALL {
        let reply = account.reply(delivery, outcome.answer());
        if reply.content_type == "application/json" {
            serde_json::from_str::<serde_json::Value>(&reply.body).unwrap();
        }
    }
    if let Judgement::Authentic(
        proof,
        Meaning::Refunds(events) | Meaning::PartlyUnreadable(events, _),
    ) = &judgement
    {
        assert!(!events.is_empty());
        events.iter().for_each(checks::event);
        assert!(events.iter().all(|event| event.authenticity == proof.authenticity()));
    }
    judgement
}

/// Writes every byte except letters and digits as an escape. The targets compare the crate's own
/// encoder with it.
pub fn percent_encode(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            encoded.push(*byte);
        } else {
            let digit = |value: u8| b"0123456789ABCDEF"[usize::from(value)];
            encoded.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

/// Returns headers. It leaves out what an HTTP server would refuse.
pub fn header_map<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    map
}
