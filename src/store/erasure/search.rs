//! Finds the refused deliveries that mention a refund. No event leads to them, so their bodies are
//! searched. The quarantine is limited.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::store::StoreError;
use crate::store::at_rest::{KeyRing, sealed_with};

/// The fewest bytes of a number by which bodies are searched. Shorter ones are in too many bodies.
const SHORTEST_NUMBER: usize = 6;

/// Returns the refused deliveries of an account whose body, sealed or not, contains one of these
/// numbers.
pub(super) async fn refused_with(
    connection: &mut PgConnection,
    keys: &KeyRing,
    account: &str,
    numbers: &[String],
) -> Result<Vec<Uuid>, StoreError> {
    let numbers: Vec<&str> =
        numbers.iter().map(String::as_str).filter(|it| it.len() >= SHORTEST_NUMBER).collect();
    let mut found = sealed_with(connection, keys, account, &numbers).await?;
    for number in numbers {
        let ids: Vec<Uuid> = sqlx::query_scalar(include_str!("refused_with.sql"))
            .bind(account)
            .bind(number)
            .fetch_all(&mut *connection)
            .await?;
        found.extend(ids);
    }
    Ok(found)
}
