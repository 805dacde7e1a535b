//! Looks deliveries up, for the command line.

use serde::Serialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::store::{Store, StoreError};

/// Selects the deliveries to list, newest first. A field that is `None` selects all.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// Only deliveries with this verdict.
    pub verdict: Option<String>,
    /// Only deliveries of this account.
    pub account: Option<String>,
    /// Only deliveries received at this time or later.
    pub since: Option<OffsetDateTime>,
    /// Only deliveries received before this time.
    pub until: Option<OffsetDateTime>,
    /// The most deliveries to list.
    pub limit: i64,
}

/// A delivery as the view `refunds_v1.deliveries` shows it, with `replayed_by`, the id of the
/// delivery that replays it.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct DeliverySummary(pub serde_json::Map<String, serde_json::Value>);

/// A delivery with everything that was kept of it.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryDetail {
    /// The columns of the view.
    #[serde(flatten)]
    pub summary: DeliverySummary,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// The headers, as an array of `[name, value]`.
    pub headers: serde_json::Value,
    /// The form of the signed text that matched.
    pub signature_form: Option<String>,
    /// The body.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl Store {
    /// Returns the deliveries that match the filter, newest first.
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

    /// Returns one delivery with everything that was kept of it.
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
