//! Looking deliveries up, for the command line.

use serde::Serialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::{Store, StoreError};

/// Which deliveries to list, newest first. What is absent does not restrict.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// With this verdict.
    pub verdict: Option<String>,
    /// Of this account.
    pub account: Option<String>,
    /// Received at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Received before this time.
    pub until: Option<OffsetDateTime>,
    /// At most so many.
    pub limit: i64,
}

/// A delivery as `refunds_v1.deliveries` shows it, and the delivery that it was `replayed_by`.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct DeliverySummary(pub serde_json::Map<String, serde_json::Value>);

/// A delivery with all that was kept of it.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryDetail {
    /// What the view shows.
    #[serde(flatten)]
    pub summary: DeliverySummary,
    /// Where it came from.
    pub client_address: Option<String>,
    /// The path and query that were called.
    pub path_and_query: String,
    /// The headers, as `[name, value]`.
    pub headers: serde_json::Value,
    /// The reading of the provider's rule that matched.
    pub signature_form: Option<String>,
    /// The body.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl Store {
    /// The deliveries that the filter lets through, newest first.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Vec<DeliverySummary>, StoreError> {
        let mut lease = self.lease().await?;
        let rows: Vec<Json<serde_json::Map<String, serde_json::Value>>> =
            sqlx::query_scalar(include_str!("list_deliveries.sql"))
                .bind(&filter.verdict)
                .bind(&filter.account)
                .bind(filter.since)
                .bind(filter.until)
                .bind(filter.limit)
                .fetch_all(&mut *lease)
                .await?;
        lease.give_back();
        Ok(rows.into_iter().map(|Json(row)| DeliverySummary(row)).collect())
    }

    /// One delivery, whole.
    pub async fn delivery(&self, delivery_id: Uuid) -> Result<Option<DeliveryDetail>, StoreError> {
        type Row = (
            Json<serde_json::Map<String, serde_json::Value>>,
            Option<String>,
            String,
            Json<serde_json::Value>,
            Option<String>,
            Vec<u8>,
        );
        let mut lease = self.lease().await?;
        let row: Option<Row> = sqlx::query_as(include_str!("show_delivery.sql"))
            .bind(delivery_id)
            .fetch_optional(&mut *lease)
            .await?;
        lease.give_back();
        Ok(row.map(
            |(
                Json(summary),
                client_address,
                path_and_query,
                Json(headers),
                signature_form,
                body,
            )| {
                DeliveryDetail {
                    summary: DeliverySummary(summary),
                    client_address,
                    path_and_query,
                    headers,
                    signature_form,
                    body,
                }
            },
        ))
    }
}
