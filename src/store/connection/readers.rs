//! The connections of the API and the console. They are apart from those that record, so that
//! nothing that people do can take a connection from a delivery.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::connect::{ConnectSettings, Mode, Store};
use crate::store::StoreError;

/// The most connections that read.
const READERS: u32 = 3;

/// How long one statement of a reader may take. A page is read in milliseconds.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one statement of an action may take. A replay writes groups of deliveries.
const ACT_TIMEOUT: Duration = Duration::from_secs(10);

/// A few connections that can only read: the server refuses every write.
#[derive(Clone, Debug)]
pub struct Readers(Store);

impl Deref for Readers {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Store {
    /// Returns readers of the same database. The caller is on the runtime that will use them.
    pub fn readers(&self) -> Result<Readers, StoreError> {
        self.another(READERS, READ_TIMEOUT, Mode::ReadOnly).map(Readers)
    }

    /// Returns a store of the same database with one connection, for audit rows and for what people
    /// do through the API and the console. The caller is on the runtime that will use it.
    pub fn for_actions(&self) -> Result<Self, StoreError> {
        self.another(1, ACT_TIMEOUT, Mode::ReadWrite)
    }

    /// Returns a store of the same database with one connection, which listens for announcements of
    /// the feed. The caller is on the runtime that will use it.
    pub fn for_listening(&self) -> Result<Readers, StoreError> {
        self.another(1, READ_TIMEOUT, Mode::ReadOnly).map(Readers)
    }

    /// Opens the same database again, with the same keys.
    fn another(
        &self,
        max_connections: u32,
        statement_timeout: Duration,
        mode: Mode,
    ) -> Result<Self, StoreError> {
        let settings = (*self.settings).clone();
        let settings = ConnectSettings { max_connections, statement_timeout, ..settings };
        Ok(Self { keys: Arc::clone(&self.keys), ..Self::open(&settings, mode)? })
    }
}
