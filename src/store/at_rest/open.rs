//! Opens stored deliveries.

use sqlx::PgConnection;
use uuid::Uuid;

use super::content::{Content, data_key_of, open};
use super::ring::KeyRing;
use super::table::learn;
use crate::store::StoreError;

/// Headers and a body as they are stored.
#[derive(Clone, Debug)]
pub(in crate::store) struct Kept {
    pub delivery_id: Uuid,
    /// The headers as text: a list, or what names the data key.
    pub headers: String,
    pub body: Vec<u8>,
}

/// Headers and a body as they were received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Opened {
    /// The headers, or an empty list if they cannot be opened.
    pub headers: String,
    pub body: Vec<u8>,
    /// Why they cannot be opened.
    pub locked: Option<&'static str>,
}

impl KeyRing {
    /// Opens deliveries, in order. One that is not sealed is returned as it is.
    pub(in crate::store) async fn open(
        &self,
        connection: &mut PgConnection,
        kept: Vec<Kept>,
    ) -> Result<Vec<Opened>, StoreError> {
        let named = kept.iter().filter_map(|one| data_key_of(&one.headers));
        let mut unknown: Vec<Uuid> = named.filter(|id| self.data_key(*id).is_none()).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            learn(connection, self, &unknown).await?;
        }
        Ok(kept.into_iter().map(|one| self.open_one(one)).collect())
    }

    fn open_one(&self, kept: Kept) -> Opened {
        let Some(data_key_id) = data_key_of(&kept.headers) else {
            return Opened { headers: kept.headers, body: kept.body, locked: None };
        };
        let locked = |why| Opened { headers: "[]".to_owned(), body: Vec::new(), locked: Some(why) };
        let Some(data_key) = self.data_key(data_key_id) else {
            return locked(
                "it is sealed, and the data key of its month was deleted or is wrapped by a key that \
                 [at_rest].keys lacks",
            );
        };
        match open(kept.delivery_id, &data_key, &kept.body) {
            Some(Content { headers, body }) => Opened { headers, body, locked: None },
            None => locked("it is sealed, and its content was changed in the database"),
        }
    }
}
