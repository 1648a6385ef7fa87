//! Accounts that could not be billed: set apart with the reason, listed, and released.

use facts::{AccountId, AccountParked, Fact, InvoiceIssued};
use invoicing::{ParkingRejection, Parkings};
use jiff::Timestamp;
use store::{Store, Tx};

use super::issue_today;
use crate::{EngineError, Result, contracts};

/// Every account that is parked, by name.
///
/// # Errors
/// [`EngineError::Store`].
pub fn parked(store: &mut dyn Store) -> Result<Vec<AccountParked>> {
    let mut tx = store.read()?;
    let mut accounts: Vec<AccountId> = Vec::new();
    for recorded in tx.facts_of_kind("AccountParked")? {
        if let Fact::AccountParked(it) = recorded.fact {
            accounts.push(it.account);
        }
    }
    accounts.sort_unstable();
    accounts.dedup();
    let mut parked = Vec::new();
    for account in accounts {
        parked.extend(parkings_of(tx.as_mut(), &account)?.current().cloned());
    }
    Ok(parked)
}

/// Tries a parked account again today, instead of on its next bill day. None: there is nothing to
/// bill any more.
///
/// # Errors
/// [`ParkingRejection::NotParked`], or why it still cannot be billed; nothing changes then.
pub fn release(
    store: &mut dyn Store,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<InvoiceIssued>> {
    let mut tx = store.begin()?;
    let registered = contracts::account(tx.as_mut(), account)?;
    if parkings_of(tx.as_mut(), account)?.current().is_none() {
        let account = account.clone();
        return Err(EngineError::refused(ParkingRejection::NotParked { account }));
    }
    let invoices = issue_today(tx.as_mut(), &registered, now)?;
    if invoices.is_empty() {
        let today = registered.zone.day_of(now);
        let released = parkings_of(tx.as_mut(), account)?.release(today, None);
        let released: Vec<Fact> = released.map(Fact::AccountReleased).into_iter().collect();
        tx.record_new(&released, now)?;
    }
    tx.commit()?;
    Ok(invoices)
}

/// What was recorded about the parking of an account.
pub(super) fn parkings_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Parkings> {
    let mut parkings = Parkings::default();
    for recorded in tx.facts_about("AccountParked", account.as_str())? {
        if let Fact::AccountParked(it) = recorded.fact {
            parkings.parked.push(it);
        }
    }
    if parkings.parked.is_empty() {
        return Ok(parkings);
    }
    for recorded in tx.facts_about("AccountReleased", account.as_str())? {
        if let Fact::AccountReleased(it) = recorded.fact {
            parkings.released.push(it);
        }
    }
    Ok(parkings)
}
