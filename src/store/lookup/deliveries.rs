//! Looks one delivery up.

use serde::Serialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::prefix::IdPrefix;
use crate::store::at_rest::{Kept, Opened};
use crate::store::list::Row;
use crate::store::record::{StoredHeaders, headers_from_text};
use crate::store::{Store, StoreError};

/// A delivery with everything that was kept of it.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryDetail {
    /// The columns of the view.
    #[serde(flatten)]
    pub summary: Row,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// The headers, as an array of `[name, value]`.
    pub headers: serde_json::Value,
    /// The form of the signed text that matched.
    pub signature_form: Option<String>,
    /// When retention or an erasure emptied the headers and the body.
    #[serde(with = "time::serde::rfc3339::option")]
    pub emptied_at: Option<OffsetDateTime>,
    /// That a person dismissed it, so that it waits no longer.
    pub dismissed: Option<Dismissed>,
    /// Why headers and body cannot be opened, if they are sealed.
    pub locked: Option<&'static str>,
    /// The body.
    #[serde(skip)]
    pub body: Vec<u8>,
}

/// That a person looked at a delivery and dismissed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dismissed {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub dismissed_at: OffsetDateTime,
    /// Who.
    pub who: String,
    /// Why it needs no repair.
    pub note: String,
}

impl DeliveryDetail {
    /// Returns the headers as they are compared with signatures and tokens, or `None` if the stored
    /// ones are damaged.
    pub fn stored_headers(&self) -> Option<StoredHeaders> {
        headers_from_text(&self.headers.to_string())
    }
}

impl Store {
    /// Returns the ids of the deliveries that begin with the same digits, at most 20.
    pub async fn deliveries_beginning_with(
        &self,
        beginning: IdPrefix,
    ) -> Result<Vec<Uuid>, StoreError> {
        let mut lease = self.lease().await?;
        let ids = sqlx::query_scalar(include_str!("find_deliveries.sql"))
            .bind(beginning.first)
            .bind(beginning.last)
            .fetch_all(&mut *lease)
            .await?;
        lease.give_back();
        Ok(ids)
    }

    /// Returns one delivery with everything that was kept of it.
    pub async fn delivery(&self, delivery_id: Uuid) -> Result<Option<DeliveryDetail>, StoreError> {
        type Columns = (
            Json<serde_json::Map<String, serde_json::Value>>,
            Option<String>,
            String,
            String,
            Option<String>,
            Option<OffsetDateTime>,
            Vec<u8>,
            Option<OffsetDateTime>,
            Option<String>,
            Option<String>,
        );
        let mut lease = self.lease().await?;
        let columns: Option<Columns> = sqlx::query_as(include_str!("show_delivery.sql"))
            .bind(delivery_id)
            .fetch_optional(&mut *lease)
            .await?;
        let Some(columns) = columns else {
            lease.give_back();
            return Ok(None);
        };
        let (
            Json(summary),
            client_address,
            path_and_query,
            headers,
            form,
            emptied_at,
            body,
            dismissed_at,
            who,
            note,
        ) = columns;
        let dismissed = dismissed_at.map(|dismissed_at| Dismissed {
            dismissed_at,
            who: who.unwrap_or_default(),
            note: note.unwrap_or_default(),
        });
        let kept = vec![Kept { delivery_id, headers, body }];
        let opened = self.keys.open(&mut lease, kept).await?;
        lease.give_back();
        Ok(opened.into_iter().next().map(|Opened { headers, body, locked }| DeliveryDetail {
            summary: Row(summary),
            client_address,
            path_and_query,
            headers: serde_json::from_str(&headers).unwrap_or_default(),
            signature_form: form,
            emptied_at,
            dismissed,
            locked,
            body,
        }))
    }
}
