//! The keys of a tenant, and whether one is good.

use std::collections::BTreeMap;

use facts::{KeyId, KeyIssued, KeyRevoked};
use jiff::Timestamp;

/// A key and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// As it was issued.
    pub issued: KeyIssued,
    /// When it was revoked; none: it was not.
    pub revoked_at: Option<Timestamp>,
}

/// All keys of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keyring {
    keys: BTreeMap<KeyId, KnownKey>,
}

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// There is no such key, or its secret is another one: nobody is told which.
    #[error("there is no such key")]
    Unknown,
    /// Its time is over.
    #[error("the key expired")]
    Expired,
    /// It was revoked.
    #[error("the key was revoked")]
    Revoked,
}

impl Keyring {
    /// Those of some facts, in any order.
    pub fn of(
        issued: impl IntoIterator<Item = KeyIssued>,
        revoked: impl IntoIterator<Item = KeyRevoked>,
    ) -> Self {
        let known = |issued: KeyIssued| (issued.key.clone(), KnownKey { issued, revoked_at: None });
        let mut keys: BTreeMap<_, _> = issued.into_iter().map(known).collect();
        for it in revoked {
            if let Some(key) = keys.get_mut(&it.key) {
                key.revoked_at = Some(it.revoked_at);
            }
        }
        Self { keys }
    }

    /// The key of a name and of the digest of the whole text, if it is good at an instant. An
    /// instant at which it was revoked or expires is too late.
    ///
    /// # Errors
    /// [`KeyRefused`].
    pub fn check(&self, key: &KeyId, digest: &str, at: Timestamp) -> Result<&KnownKey, KeyRefused> {
        let known = self.keys.get(key).filter(|it| it.issued.digest == digest);
        let known = known.ok_or(KeyRefused::Unknown)?;
        // Whenever it was: the clock of a sandbox can be behind.
        if known.revoked_at.is_some() {
            return Err(KeyRefused::Revoked);
        }
        if known.issued.expires_at.is_some_and(|until| until <= at) {
            return Err(KeyRefused::Expired);
        }
        Ok(known)
    }

    /// A key.
    #[must_use]
    pub fn get(&self, key: &KeyId) -> Option<&KnownKey> {
        self.keys.get(key)
    }

    /// Every key, by instant of issue and name.
    #[must_use]
    pub fn all(&self) -> Vec<&KnownKey> {
        let mut all: Vec<&KnownKey> = self.keys.values().collect();
        all.sort_by_key(|it| (it.issued.issued_at, &it.issued.key));
        all
    }
}
