//! Keys: issue and revoke them, and the ring that every request is checked against.

use ::access::{IssueKey, KeyText, Keyring, Mode, issue as decide_issue};
use facts::{Fact, KeyId, KeyIssued};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use store::{Store, Tx};

use crate::contracts::account_versions;
use crate::{EngineError, EngineRejection, Result};

/// Whether the tenant is a sandbox: one whose clock is set.
///
/// # Errors
/// [`EngineError::Store`].
pub fn mode(store: &mut dyn Store) -> Result<Mode> {
    let clock = store.read()?.clock()?;
    Ok(if clock.is_some() { Mode::Test } else { Mode::Live })
}

/// Issues a key. Its text is the caller's to show, once: no store can tell it again.
///
/// # Errors
/// [`EngineError::Refused`] with the reason, also when its name was drawn before.
pub fn issue(
    store: &mut dyn Store,
    asked: &IssueKey,
    text: &KeyText,
    now: Timestamp,
) -> Result<KeyIssued> {
    let mut tx = store.begin()?;
    let has_account = match &asked.account {
        Some(account) => !account_versions(tx.as_mut(), account)?.is_empty(),
        None => false,
    };
    let issued = decide_issue(asked, (text, digest(text)), has_account, now)
        .map_err(EngineError::refused)?;
    let fact = Fact::KeyIssued(issued.clone());
    if tx.record(&fact, now)?.is_none() {
        let key = issued.key.to_string();
        return Err(EngineError::refused(EngineRejection::KeyTaken { key }));
    }
    tx.commit()?;
    Ok(issued)
}

/// Refuses a key from now on. Whether it was good until now.
///
/// # Errors
/// [`EngineError::Refused`] when there is no such key.
pub fn revoke(store: &mut dyn Store, key: &KeyId, now: Timestamp) -> Result<bool> {
    let mut tx = store.begin()?;
    let known = ring(tx.as_mut())?;
    let revoked = ::access::revoke(key, &known, now).map_err(EngineError::refused)?;
    let is_new = revoked.is_some();
    if let Some(revoked) = revoked {
        tx.record(&Fact::KeyRevoked(revoked), now)?;
        tx.commit()?;
    }
    Ok(is_new)
}

/// All keys, as committed.
///
/// # Errors
/// [`EngineError::Store`].
pub fn keyring(store: &mut dyn Store) -> Result<Keyring> {
    ring(store.read()?.as_mut())
}

/// What is kept of a key: SHA-256 of its text, in hexadecimal digits.
#[must_use]
pub fn digest(text: &KeyText) -> String {
    let digest = Sha256::digest(text.text().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ring(tx: &mut dyn Tx) -> Result<Keyring> {
    let issued = tx.facts_of_kind("KeyIssued")?.into_iter().filter_map(|it| match it.fact {
        Fact::KeyIssued(it) => Some(it),
        _ => None,
    });
    let issued: Vec<KeyIssued> = issued.collect();
    let revoked = tx.facts_of_kind("KeyRevoked")?.into_iter().filter_map(|it| match it.fact {
        Fact::KeyRevoked(it) => Some(it),
        _ => None,
    });
    Ok(Keyring::of(issued, revoked))
}
