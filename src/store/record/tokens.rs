//! Single-use tokens: finds the deliveries of a group whose token came before with another body.
//!
//! The first delivery with a token claims it for its body, in the statement that records the
//! delivery. A claimed token never changes.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::delivery_record::DeliveryRecord;

/// A token of an account, by digest.
type Token<'a> = (&'a str, [u8; 32]);

/// The claimed tokens that a group contains, each with the digest of the body that it is claimed
/// for.
pub(in crate::store) type ClaimedTokens = BTreeMap<(String, Vec<u8>), Vec<u8>>;

/// The tokens of a group, each with its first delivery in the group.
#[derive(Debug, Default)]
pub(in crate::store) struct Tokens<'a>(BTreeMap<Token<'a>, &'a DeliveryRecord>);

/// The tokens that a group claims, in columns, in the same order in all groups.
#[derive(Debug, Default)]
pub(in crate::store) struct Claims<'a> {
    pub accounts: Vec<&'a str>,
    pub tokens: Vec<&'a [u8]>,
    pub bodies: Vec<&'a [u8]>,
    pub received_at: Vec<OffsetDateTime>,
}

/// Returns the token of a delivery.
fn token_of(record: &DeliveryRecord) -> Option<Token<'_>> {
    Some((record.received.account.as_str(), record.single_use_token?))
}

impl<'a> Tokens<'a> {
    /// Collects the tokens of this group.
    pub(in crate::store) fn of(group: &[&'a DeliveryRecord]) -> Self {
        let mut tokens = BTreeMap::new();
        for &record in group {
            if let Some(token) = token_of(record) {
                tokens.entry(token).or_insert(record);
            }
        }
        Self(tokens)
    }

    /// Returns the account and the digest of each token.
    pub(in crate::store) fn names(&self) -> (Vec<&'a str>, Vec<&[u8]>) {
        self.0.keys().map(|(account, digest)| (*account, digest.as_slice())).unzip()
    }

    /// Returns the claims of the tokens that are not claimed yet.
    pub(in crate::store) fn claims(&self, claimed: &ClaimedTokens) -> Claims<'_> {
        let mut claims = Claims::default();
        for (token, first) in &self.0 {
            if claimed.contains_key(&key(token)) {
                continue;
            }
            claims.accounts.push(token.0);
            claims.tokens.push(&token.1);
            claims.bodies.push(&first.received.body_sha256);
            claims.received_at.push(first.received.received_at);
        }
        claims
    }

    /// Returns, for each delivery of the group, whether its token is claimed for another body: by a
    /// stored delivery, or by one before it in the group.
    pub(in crate::store) fn reused(
        &self,
        group: &[&DeliveryRecord],
        claimed: &ClaimedTokens,
    ) -> Vec<bool> {
        let is_reused = |record: &&DeliveryRecord| {
            let Some(token) = token_of(record) else { return false };
            let first = self.0.get(&token).map(|first| first.received.body_sha256.as_slice());
            let body = claimed.get(&key(&token)).map(Vec::as_slice).or(first);
            body.is_some_and(|body| body != record.received.body_sha256)
        };
        group.iter().map(is_reused).collect()
    }
}

fn key(token: &Token<'_>) -> (String, Vec<u8>) {
    (token.0.to_owned(), token.1.to_vec())
}
