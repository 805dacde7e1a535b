//! Seals a delivery before it is queued.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::content::{Content, seal};
use super::table::{cannot_seal, month_of, of_month};
use crate::id::new_nonce;
use crate::store::{ReceivedDelivery, Store, StoreError};
use refund_providers::crypto::Secret;

impl Store {
    /// Seals the body and the headers of a delivery, if keys are configured. It asks the database only
    /// for the first delivery of a month, and then changes nothing that recording waits for.
    pub async fn seal(&self, received: &mut ReceivedDelivery) -> Result<(), StoreError> {
        if self.keys.newest().is_none() || received.is_sealed {
            return Ok(());
        }
        let month = month_of(received.received_at)?;
        let (data_key_id, data_key) = match self.keys.of_month(month) {
            Some(known) => known,
            // Boxed, because it is rare, and its future is larger than that of the whole delivery.
            None => Box::pin(self.make_data_key(month, received.received_at)).await?,
        };
        let content = Content {
            headers: std::mem::take(&mut received.headers),
            body: std::mem::take(&mut received.body),
        };
        let data_key = (data_key_id, &data_key);
        let sealed = seal(received.delivery_id, data_key, new_nonce(), &content);
        // If it fails, the content is gone from memory, and the delivery is not recorded.
        let sealed = sealed.ok_or_else(cannot_seal)?;
        (received.headers, received.body) = (sealed.headers, sealed.body);
        received.is_sealed = true;
        Ok(())
    }

    /// Returns the data key of a month, which this process does not know yet.
    async fn make_data_key(
        &self,
        month: Date,
        at: OffsetDateTime,
    ) -> Result<(Uuid, Secret), StoreError> {
        let mut lease = self.lease().await?;
        let made = of_month(&mut lease, &self.keys, month, at).await?;
        lease.give_back();
        Ok(made)
    }
}
