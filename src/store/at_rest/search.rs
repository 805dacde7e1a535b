//! Searches sealed refused deliveries: the database cannot, and the quarantine of an account is
//! limited.

use sqlx::PgConnection;
use uuid::Uuid;

use super::open::Kept;
use super::ring::KeyRing;
use crate::store::StoreError;

/// How many deliveries are opened at once.
const PAGE: i64 = 100;

/// Returns the sealed refused deliveries of an account whose body contains one of these numbers.
pub(in crate::store) async fn sealed_with(
    connection: &mut PgConnection,
    keys: &KeyRing,
    account: &str,
    numbers: &[&str],
) -> Result<Vec<Uuid>, StoreError> {
    let (mut found, mut after) = (Vec::new(), Uuid::nil());
    if numbers.is_empty() {
        return Ok(found);
    }
    loop {
        let rows: Vec<(Uuid, String, Vec<u8>)> = sqlx::query_as(include_str!("sealed_refused.sql"))
            .bind(account)
            .bind(after)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
        let Some((last, ..)) = rows.last() else { return Ok(found) };
        after = *last;
        let kept = |(delivery_id, headers, body)| Kept { delivery_id, headers, body };
        let kept: Vec<Kept> = rows.into_iter().map(kept).collect();
        let ids: Vec<Uuid> = kept.iter().map(|one| one.delivery_id).collect();
        let opened = keys.open(connection, kept).await?;
        let has = |body: &[u8], number: &&str| {
            !number.is_empty() && body.windows(number.len()).any(|part| part == number.as_bytes())
        };
        let contains = |body: &[u8]| numbers.iter().any(|number| has(body, number));
        let hits = ids.into_iter().zip(&opened).filter(|(_, opened)| contains(&opened.body));
        found.extend(hits.map(|(id, _)| id));
    }
}
