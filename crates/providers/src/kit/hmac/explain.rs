//! What a request presents under a rule, and the text that is signed.

use time::OffsetDateTime;

use super::{HmacRule, Layout, TimeUnit};
use crate::contract::{Delivery, Explanation, KeyDescription, Signed};
use crate::crypto::Secret;
use crate::kit::headers::{signature_header, signed_header};

impl HmacRule {
    /// Explains a delivery that is compared with `secrets`.
    pub fn explain(&self, delivery: &Delivery<'_>, secrets: &[Secret]) -> Explanation {
        let timestamp = self.timestamp(delivery);
        let (rule, is_complete) = match self.layout {
            Layout::BodyOnly { .. } => ("HMAC-SHA256 under the secret, of the body", true),
            Layout::TimestampHeader { .. } | Layout::List { .. } => (
                "HMAC-SHA256 under the secret, of the time of signing and the body",
                timestamp.is_some(),
            ),
        };
        let before = timestamp.map(|timestamp| [timestamp, self.separator].concat());
        let text =
            is_complete.then(|| [before.unwrap_or_default().as_bytes(), delivery.body].concat());
        Explanation::new(KeyDescription::all(secrets), Signed::text(rule, text))
            .at(timestamp.and_then(|timestamp| self.read_time(timestamp)))
    }

    /// Returns the time of signing as it is written, if there is one.
    fn timestamp<'d>(&self, delivery: &Delivery<'d>) -> Option<&'d str> {
        match self.layout {
            Layout::BodyOnly { .. } => None,
            Layout::TimestampHeader { timestamp, .. } => {
                signed_header(delivery.headers, timestamp).ok()
            }
            Layout::List { timestamp, .. } => {
                let header = signature_header(delivery.headers, self.header).ok()?;
                let members = header.split(',').filter_map(|part| part.split_once('='));
                members.filter(|(name, _)| *name == timestamp).map(|(_, value)| value).next()
            }
        }
    }

    fn read_time(&self, timestamp: &str) -> Option<OffsetDateTime> {
        let number: i64 = timestamp.parse().ok()?;
        let seconds = match self.unit {
            TimeUnit::Seconds => number,
            TimeUnit::Milliseconds => number.div_euclid(1000),
        };
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use time::macros::datetime;

    use crate::contract::{Delivery, Signed};
    use crate::crypto::Secret;
    use crate::kit::hmac::{Encoding, HmacRule, Layout, TimeUnit};

    #[test]
    fn the_text_is_the_one_that_is_verified_and_a_missing_time_leaves_none() {
        let list =
            Layout::List { timestamp: "t", signature: "v1", several: true, written: &["v1"] };
        let header = Layout::TimestampHeader { prefix: "", timestamp: "x-time" };
        let body = Layout::BodyOnly { prefix: "" };
        let cases = [
            (list, ".", "t=1735689600,v1=00", "", Some("1735689600.{}")),
            (list, ".", "v1=00", "1735689600", None),
            (header, "", "00", "1735689600", Some("1735689600{}")),
            (header, "", "00", "", None),
            (body, "", "", "", Some("{}")),
        ];
        for (layout, separator, signature, time, expected) in cases {
            let unit = TimeUnit::Seconds;
            let rule =
                HmacRule { header: "x-sign", layout, encoding: Encoding::Hex, separator, unit };
            let mut headers = HeaderMap::new();
            headers.insert("x-sign", signature.parse().unwrap());
            headers.insert("x-time", time.parse().unwrap());
            let delivery = Delivery {
                path_and_query: "/",
                headers: &headers,
                redacted: &[],
                body: b"{}",
                received_at: datetime!(2025-01-01 00:00 UTC),
            };
            let explained = rule.explain(&delivery, &[Secret::new("canary").unwrap()]);
            let text = match &explained.signed {
                Signed::Text { text, .. } => Some(text.as_slice()),
                Signed::Nothing(_) | Signed::Incomplete => None,
            };
            assert_eq!(text, expected.map(str::as_bytes), "{layout:?}");
            let is_timed = text.is_some_and(|text| text.starts_with(b"1"));
            let signed_at = is_timed.then_some(datetime!(2025-01-01 00:00 UTC));
            assert_eq!(explained.signed_at, signed_at, "{layout:?}");
            assert!(!format!("{explained:?}").contains("canary"));
        }
    }
}
