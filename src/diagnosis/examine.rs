//! What the stored request says about itself, without any key.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use serde::de::IgnoredAny;
use time::{Duration, OffsetDateTime};

use refund_providers::contract::Delivery;

/// The mark that some programs write before UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The content codings that are named. A sender can write any other word.
const CODINGS: [&str; 5] = ["br", "compress", "deflate", "gzip", "zstd"];

/// What a request says about itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Examined {
    /// The length that the sender announced, if there is one.
    pub announced: Option<usize>,
    /// The coding of the body, if it has one.
    pub coding: Option<&'static str>,
    /// Whether the body begins with a byte order mark.
    pub has_mark: bool,
    /// Whether the body is text in UTF-8.
    pub is_utf8: bool,
    /// Whether the body ends in the middle.
    pub ends_early: bool,
    /// How far the time in a header is from the time of receipt.
    pub clock: Option<Duration>,
}

impl Examined {
    /// Returns the signs that something on the way changed the request, in words.
    pub(super) fn signs(&self) -> Vec<String> {
        let mut signs = Vec::new();
        signs.extend(self.coding.map(|coding| format!("coded as {coding}")));
        signs.extend(self.has_mark.then(|| "begins with a byte order mark".to_owned()));
        signs.extend((!self.is_utf8).then(|| "not UTF-8".to_owned()));
        signs.extend(self.ends_early.then(|| "ends in the middle".to_owned()));
        signs
    }
}

/// Examines a request.
pub(super) fn examine(delivery: &Delivery<'_>) -> Examined {
    let text = |name| delivery.headers.get(name).and_then(|value| value.to_str().ok());
    let values = delivery.headers.values().filter_map(|value| value.to_str().ok());
    let times = values.flat_map(times);
    let differences = times.map(|at| delivery.received_at - at);
    let coding = text(CONTENT_ENCODING).filter(|coding| *coding != "identity");
    Examined {
        announced: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        coding: coding.map(|coding| {
            let known = CODINGS.into_iter().find(|known| known.eq_ignore_ascii_case(coding.trim()));
            known.unwrap_or("something unknown")
        }),
        has_mark: delivery.body.starts_with(BYTE_ORDER_MARK),
        is_utf8: std::str::from_utf8(delivery.body).is_ok(),
        ends_early: ends_early(delivery.body),
        clock: differences.min_by_key(|difference| difference.abs()),
    }
}

/// Returns whether a body is the beginning of a JSON object, of an XML document or of a form, and not
/// all of it.
fn ends_early(body: &[u8]) -> bool {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii();
    match body.first() {
        Some(b'{') => serde_json::from_slice::<IgnoredAny>(body).is_err_and(|error| error.is_eof()),
        Some(b'<') => !body.ends_with(b">"),
        // Only a form is escaped: its end is in the middle of an escape.
        Some(_) => {
            let mut last = body.iter().rev();
            last.next() == Some(&b'%') || last.next() == Some(&b'%')
        }
        None => false,
    }
}

/// Returns the times in a header: whole numbers of seconds or milliseconds since 1970.
fn times(value: &str) -> Vec<OffsetDateTime> {
    let numbers = value.split(|character: char| !character.is_ascii_alphanumeric());
    let numbers = numbers.filter_map(|digits| digits.parse::<i64>().ok());
    numbers
        .filter_map(|number| match number {
            1_000_000_000..10_000_000_000 => Some(number),
            1_000_000_000_000..10_000_000_000_000 => Some(number / 1000),
            _ => None,
        })
        .filter_map(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .collect()
}
