//! Accounts that could not be billed: set apart with the reason, listed, and released.

use facts::{AccountId, AccountParked, Fact, InvoiceIssued, InvoiceNumber};
use invoicing::{ParkingRejection, Parkings};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Tx};

use super::plan::Shared;
use super::{issue, schedule};
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

/// Tries a parked account again today, instead of on its next bill day. `None`: there is nothing
/// to bill any more.
///
/// # Errors
/// [`ParkingRejection::NotParked`], or why it still cannot be billed; nothing changes then.
pub fn release(
    store: &mut dyn Store,
    account: &AccountId,
    now: Timestamp,
) -> Result<Option<InvoiceIssued>> {
    let mut tx = store.begin()?;
    let registered = contracts::account(tx.as_mut(), account)?;
    if parkings_of(tx.as_mut(), account)?.current().is_none() {
        let account = account.clone();
        return Err(EngineError::refused(ParkingRejection::NotParked { account }));
    }
    let today = registered.zone.day_of(now);
    let mut shared = Shared::load(tx.as_mut())?;
    let invoice = issue(tx.as_mut(), &mut shared, account, today, now)?;
    if invoice.is_none() {
        release_in(tx.as_mut(), account, today, None, now)?;
    }
    schedule(tx.as_mut(), &registered, now)?;
    tx.commit()?;
    Ok(invoice)
}

fn parkings_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Parkings> {
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

/// Sets an account apart.
pub(super) fn park(
    tx: &mut dyn Tx,
    account: &AccountId,
    issued_on: Date,
    reason: &str,
    now: Timestamp,
) -> Result<()> {
    if let Some(parked) = parkings_of(tx, account)?.park(account, issued_on, reason) {
        tx.record_new(&[Fact::AccountParked(parked)], now)?;
    }
    Ok(())
}

/// Ends the parking of an account, if it is parked.
pub(super) fn release_in(
    tx: &mut dyn Tx,
    account: &AccountId,
    released_on: Date,
    invoice: Option<&InvoiceNumber>,
    now: Timestamp,
) -> Result<()> {
    if let Some(released) = parkings_of(tx, account)?.release(released_on, invoice.cloned()) {
        tx.record_new(&[Fact::AccountReleased(released)], now)?;
    }
    Ok(())
}
