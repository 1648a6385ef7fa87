//! Where the store and the time come from: the composition root says it.

use std::sync::{Arc, Mutex, PoisonError};

use access::SECRET_BYTES;
use jiff::Timestamp;
use store::{OwnStore, Store, StoreError};

/// Opens the store, as often as it is asked: for the writer, for those who read reports, and anew
/// after the store failed. All that it opens share what is derived from usage.
#[derive(Clone)]
pub struct Stores(Arc<dyn Fn() -> Result<OwnStore, StoreError> + Send + Sync>);

impl Stores {
    /// From what opens one.
    pub fn new(open: impl Fn() -> Result<OwnStore, StoreError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }

    /// Beside a first one, which is only kept for what the others share with it.
    pub fn beside(first: OwnStore) -> Self {
        let first = Mutex::new(first);
        Self::new(move || {
            let first = first.lock().unwrap_or_else(PoisonError::into_inner);
            first.beside()?.ok_or_else(|| StoreError::Database {
                action: "open the store for another thread",
                reason: "it is in memory only".to_owned(),
            })
        })
    }

    pub(crate) fn open(&self) -> Result<OwnStore, StoreError> {
        (self.0)()
    }
}

/// Random bytes of the system, for the secrets of keys.
#[derive(Clone)]
pub struct Random(Arc<dyn Fn() -> Option<[u8; SECRET_BYTES]> + Send + Sync>);

impl Random {
    /// From what draws them; none: the system has none to give.
    pub fn new(draw: impl Fn() -> Option<[u8; SECRET_BYTES]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(draw))
    }

    pub(crate) fn bytes(&self) -> Option<[u8; SECRET_BYTES]> {
        (self.0)()
    }
}

/// The time of the tenant: its virtual clock or that of the system.
#[derive(Clone)]
pub struct Clock(Arc<Now>);

type Now = dyn Fn(&mut dyn Store) -> engine::Result<Timestamp> + Send + Sync;

impl Clock {
    /// From what tells the time.
    pub fn new(
        now: impl Fn(&mut dyn Store) -> engine::Result<Timestamp> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self, store: &mut dyn Store) -> engine::Result<Timestamp> {
        (self.0)(store)
    }
}
