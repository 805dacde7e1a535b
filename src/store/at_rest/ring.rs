//! The keys in memory: the configured ones, and the data keys that they have unwrapped.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use time::Date;
use uuid::Uuid;

use crate::config::AtRestSettings;
use refund_providers::crypto::Secret;
use refund_providers::crypto::cipher::{NONCE_BYTES, open_gcm, seal_gcm};

/// The configured keys, newest first, and the known data keys. All stores of a process share it.
#[derive(Debug, Default)]
pub(in crate::store) struct KeyRing {
    keys: Vec<Secret>,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    of_month: BTreeMap<Date, Uuid>,
    data_keys: BTreeMap<Uuid, Secret>,
}

/// A data key in the form in which it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct WrappedKey {
    pub month: Date,
    pub data_key_id: Uuid,
    pub wrapped: Vec<u8>,
    pub wrapped_by: String,
}

impl KeyRing {
    /// Makes a ring of the configured keys.
    pub(in crate::store) fn new(settings: &AtRestSettings) -> Self {
        let keys = settings.keys.iter().map(|key| key.secret().clone()).collect();
        Self { keys, known: RwLock::default() }
    }

    /// Returns the key that wraps new data keys, if deliveries are sealed.
    pub(super) fn newest(&self) -> Option<&Secret> {
        self.keys.first()
    }

    /// Returns whether a configured key has this fingerprint.
    pub(super) fn has(&self, fingerprint: &str) -> bool {
        self.keys.iter().any(|key| key.fingerprint().as_str() == fingerprint)
    }

    /// Returns the data key of a month, if it is known.
    pub(super) fn of_month(&self, month: Date) -> Option<(Uuid, Secret)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let data_key_id = *known.of_month.get(&month)?;
        Some((data_key_id, known.data_keys.get(&data_key_id)?.clone()))
    }

    /// Returns the data key with this id, if it is known.
    pub(super) fn data_key(&self, data_key_id: Uuid) -> Option<Secret> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.data_keys.get(&data_key_id).cloned()
    }

    /// Unwraps a data key and remembers it. Returns `None` if no configured key opens it.
    pub(super) fn learn(&self, wrapped: &WrappedKey) -> Option<Secret> {
        let data_key = self.unwrap(wrapped)?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.of_month.insert(wrapped.month, wrapped.data_key_id);
        known.data_keys.insert(wrapped.data_key_id, data_key.clone());
        Some(data_key)
    }

    /// Forgets all data keys except these: the others were deleted.
    pub(super) fn forget_except(&self, stored: &[WrappedKey]) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let is_stored = |id: &Uuid| stored.iter().any(|wrapped| wrapped.data_key_id == *id);
        known.of_month.retain(|_, id| is_stored(id));
        known.data_keys.retain(|id, _| is_stored(id));
    }

    /// Wraps a data key with the newest configured key.
    pub(super) fn wrap(
        &self,
        (month, data_key_id): (Date, Uuid),
        data_key: &[u8],
        nonce: [u8; NONCE_BYTES],
    ) -> Option<WrappedKey> {
        let key = self.newest()?;
        let ciphertext = seal_gcm(key, &nonce, data_key_id.as_bytes(), data_key)?;
        let wrapped = [&nonce[..], &ciphertext].concat();
        let wrapped_by = key.fingerprint().to_string();
        Some(WrappedKey { month, data_key_id, wrapped, wrapped_by })
    }

    /// Wraps a stored data key again with the newest configured key. Returns `None` if it is wrapped
    /// with that one, or if no configured key opens it.
    pub(super) fn rewrap(
        &self,
        wrapped: &WrappedKey,
        nonce: [u8; NONCE_BYTES],
    ) -> Option<WrappedKey> {
        if self.newest()?.fingerprint().as_str() == wrapped.wrapped_by {
            return None;
        }
        let data_key = self.opened(wrapped)?;
        self.wrap((wrapped.month, wrapped.data_key_id), &data_key, nonce)
    }

    fn unwrap(&self, wrapped: &WrappedKey) -> Option<Secret> {
        Secret::new(self.opened(wrapped)?).ok()
    }

    fn opened(&self, wrapped: &WrappedKey) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = wrapped.wrapped.split_first_chunk::<NONCE_BYTES>()?;
        open_gcm(&self.keys, nonce, wrapped.data_key_id.as_bytes(), ciphertext)
    }
}
