//! Signs a body as a provider does. Only simulation signs.

use data_encoding::{BASE64, HEXLOWER};
use time::OffsetDateTime;

use super::{Encoding, HmacRule, Layout, TimeUnit};
use crate::crypto::Secret;
use crate::crypto::hash::hmac_sha256;

impl HmacRule {
    /// Returns the headers of a body that was signed with `secret` at the time `at`: the time of
    /// signing, if it has a header of its own, and the signature.
    pub fn sign(
        &self,
        secret: &Secret,
        at: OffsetDateTime,
        body: &[u8],
    ) -> Vec<(&'static str, String)> {
        let at = match self.unit {
            TimeUnit::Seconds => at.unix_timestamp().to_string(),
            TimeUnit::Milliseconds => (at.unix_timestamp_nanos() / 1_000_000).to_string(),
        };
        let timed = [at.as_bytes(), self.separator.as_bytes(), body];
        match self.layout {
            Layout::BodyOnly { prefix } => {
                vec![(self.header, format!("{prefix}{}", self.written(secret, &[body])))]
            }
            Layout::TimestampHeader { prefix, timestamp } => {
                let signature = format!("{prefix}{}", self.written(secret, &timed));
                vec![(timestamp, at), (self.header, signature)]
            }
            Layout::List { timestamp, signature, several: _, written } => {
                let digest = self.written(secret, &timed);
                let mut header = format!("{timestamp}={at}");
                for name in written {
                    let value = if *name == signature { &*digest } else { "" };
                    header.push_str(&format!(",{name}={value}"));
                }
                vec![(self.header, header)]
            }
        }
    }

    fn written(&self, secret: &Secret, parts: &[&[u8]]) -> String {
        let digest = hmac_sha256(secret, parts).unwrap_or_default();
        match self.encoding {
            Encoding::Hex | Encoding::LowerHex => HEXLOWER.encode(&digest),
            Encoding::Base64 => BASE64.encode(&digest),
        }
    }
}
