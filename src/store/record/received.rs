//! A request in the form in which the store keeps it.

use time::OffsetDateTime;
use uuid::Uuid;

use super::headers::headers_as_text;
use refund_providers::contract::Delivery;
use refund_providers::crypto::Salt;
use refund_providers::crypto::hash::sha256;
use refund_providers::wire::payload::storable;

/// A request that reached an account, in the form in which the store keeps it.
#[derive(Clone, Debug)]
pub struct ReceivedDelivery {
    /// The delivery id.
    pub delivery_id: Uuid,
    /// When it arrived.
    pub received_at: OffsetDateTime,
    /// The provider of its route.
    pub provider: &'static str,
    /// The account of its route.
    pub account: String,
    /// The address of the client that sent it.
    pub client_address: Option<String>,
    /// The path and query of the request.
    pub path_and_query: String,
    /// Its headers in their stored form, with digests in place of tokens and passwords.
    pub headers: String,
    /// Its body in its stored form.
    pub body: Vec<u8>,
    /// The size of the body as it was received.
    pub body_bytes: usize,
    /// Whether body and headers are sealed.
    pub is_sealed: bool,
    /// SHA-256 of the body.
    pub body_sha256: [u8; 32],
}

impl ReceivedDelivery {
    /// Copies everything that a delivery borrows, except tokens and passwords: only their digests
    /// with this salt are copied.
    pub fn new(
        delivery_id: Uuid,
        provider: &'static str,
        account: &str,
        client_address: Option<String>,
        delivery: &Delivery<'_>,
        salt: Salt,
    ) -> Self {
        Self {
            delivery_id,
            received_at: delivery.received_at,
            provider,
            account: account.to_owned(),
            client_address,
            path_and_query: storable(delivery.path_and_query).into_owned(),
            headers: headers_as_text(delivery, salt),
            body: delivery.body.to_vec(),
            body_bytes: delivery.body.len(),
            is_sealed: false,
            body_sha256: sha256(delivery.body),
        }
    }

    /// Returns the approximate number of bytes that it holds in memory.
    pub fn weight(&self) -> usize {
        self.body.len() + self.headers.len() + self.path_and_query.len() + 256
    }
}
