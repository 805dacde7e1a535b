//! Single-use tokens: finds the deliveries of a group whose token came before with another body.
//!
//! The first delivery with a token claims it for its body, in the transaction that records the
//! delivery. A group without tokens runs no statement here.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::delivery_record::DeliveryRecord;
use crate::store::StoreError;

/// A token of an account, by digest.
type Token<'a> = (&'a str, [u8; 32]);

/// The tokens of a group, each with its first delivery in the group.
struct Tokens<'a>(BTreeMap<Token<'a>, &'a DeliveryRecord>);

/// Returns whether a delivery of the group has a single-use token.
pub(in crate::store) fn has_tokens(group: &[&DeliveryRecord]) -> bool {
    group.iter().any(|record| record.single_use_token.is_some())
}

/// Claims the tokens of the group within its transaction. Returns, for each delivery, whether its
/// token was claimed for another body, by an earlier delivery or by one before it in the group.
pub(in crate::store) async fn claim_tokens(
    connection: &mut PgConnection,
    group: &[&DeliveryRecord],
) -> Result<Vec<bool>, StoreError> {
    let tokens = Tokens::of(group);
    if tokens.0.is_empty() {
        return Ok(vec![false; group.len()]);
    }
    let received = tokens.0.values().map(|record| &record.received);
    let claimed = sqlx::query_as(include_str!("claim_tokens.sql"))
        .bind(tokens.accounts())
        .bind(tokens.digests())
        .bind(received.clone().map(|one| one.body_sha256.to_vec()).collect::<Vec<_>>())
        .bind(received.map(|one| one.received_at).collect::<Vec<_>>())
        .fetch_all(connection)
        .await?;
    Ok(tokens.reused(group, claimed))
}

/// Returns what [`claim_tokens`] would return, without claiming anything.
pub(in crate::store) async fn foresee_tokens(
    connection: &mut PgConnection,
    group: &[&DeliveryRecord],
) -> Result<Vec<bool>, StoreError> {
    let tokens = Tokens::of(group);
    if tokens.0.is_empty() {
        return Ok(vec![false; group.len()]);
    }
    let claimed = sqlx::query_as(include_str!("read_tokens.sql"))
        .bind(tokens.accounts())
        .bind(tokens.digests())
        .fetch_all(connection)
        .await?;
    Ok(tokens.reused(group, claimed))
}

/// Returns the token of a delivery.
fn token_of(record: &DeliveryRecord) -> Option<Token<'_>> {
    Some((record.received.account.as_str(), record.single_use_token?))
}

impl<'a> Tokens<'a> {
    fn of(group: &[&'a DeliveryRecord]) -> Self {
        let mut tokens = BTreeMap::new();
        for &record in group {
            if let Some(token) = token_of(record) {
                tokens.entry(token).or_insert(record);
            }
        }
        Self(tokens)
    }

    fn accounts(&self) -> Vec<&'a str> {
        self.0.keys().map(|(account, _)| *account).collect()
    }

    fn digests(&self) -> Vec<Vec<u8>> {
        self.0.keys().map(|(_, digest)| digest.to_vec()).collect()
    }

    /// Compares each delivery with the body for which its token is claimed: the stored one, or that
    /// of the first delivery in the group.
    fn reused(
        &self,
        group: &[&DeliveryRecord],
        claimed: Vec<(String, Vec<u8>, Vec<u8>)>,
    ) -> Vec<bool> {
        let claimed: BTreeMap<(String, Vec<u8>), Vec<u8>> =
            claimed.into_iter().map(|(account, token, body)| ((account, token), body)).collect();
        let is_reused = |record: &&DeliveryRecord| {
            let Some(token) = token_of(record) else { return false };
            let stored = claimed.get(&(token.0.to_owned(), token.1.to_vec()));
            let first = self.0.get(&token).map(|first| first.received.body_sha256.as_slice());
            let body = stored.map(Vec::as_slice).or(first);
            body.is_some_and(|body| body != record.received.body_sha256)
        };
        group.iter().map(is_reused).collect()
    }
}
