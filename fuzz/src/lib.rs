//! What the fuzz targets share: accounts, signatures, seeds, and what must hold of every judgement.

pub mod checks;
pub mod content;
pub mod fixtures;
pub mod forgery;
pub mod keys;
pub mod seeds;

use http::{HeaderMap, HeaderName, HeaderValue};
use refund_inbox::config::ConfiguredAccount;
use refund_providers::contract::{Delivery, Judgement, Outcome, judge};
use time::OffsetDateTime;
use time::macros::datetime;

/// When every delivery that a target signs itself arrives.
pub const NOW: OffsetDateTime = datetime!(2026-01-01 00:00:01 UTC);

/// The path of every delivery that a target signs itself.
pub const PATH: &str = "/notify/fuzz/account";

/// Splits the first byte, which chooses what is done with the rest.
pub fn choice(data: &[u8], choices: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((first % choices, rest))
}

/// Judges a request that a target made, and checks what came of it.
pub fn judge_and_check(
    account: &ConfiguredAccount,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Judgement {
    let headers = header_map(headers.iter().copied());
    judge_delivery(
        account,
        &Delivery { path_and_query: PATH, headers: &headers, body, received_at: NOW },
    )
}

/// One delivery in so many is judged twice, by the length of its body.
const JUDGED_TWICE: usize = 8;

/// Judges a delivery, checks what came of it, and words every answer to it.
pub fn judge_delivery(account: &ConfiguredAccount, delivery: &Delivery<'_>) -> Judgement {
    let judgement = judge(&*account.reader, delivery);
    if delivery.body.len().is_multiple_of(JUDGED_TWICE) {
        assert_eq!(judgement, judge(&*account.reader, delivery), "judged differently again");
    }
    for outcome in Outcome::ALL {
        let reply = account.reader.reply(delivery, outcome.answer());
        if reply.content_type == "application/json" {
            serde_json::from_str::<serde_json::Value>(&reply.body).unwrap();
        }
    }
    if let Judgement::Refunds(proof, events) = &judgement {
        assert!(!events.is_empty());
        events.iter().for_each(checks::event);
        assert!(events.iter().all(|event| event.authenticity == proof.authenticity()));
    }
    judgement
}

/// Every byte but letters and digits as an escape. The service's own is checked against it, and
/// slower.
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

/// Headers; what no HTTP server would let through is left out.
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
