//! Reads: invoices, balances, units.

use facts::invoice::InvoiceLine;
use facts::posting::Balance;
use facts::unit::ShipmentReason;
use facts::{AccountId, AccountRegistered, Fact, InvoiceIssued, Recorded, UnitId};
use store::{Store, Timer, Tx, UnitState};

use crate::{EngineError, EngineRejection, Result, billing};

/// How many facts are read at once.
const PAGE_FACTS_MAX: u32 = 1_000;

/// All invoices, in the order of issue.
///
/// # Errors
/// [`EngineError::Store`].
pub fn invoices(store: &mut dyn Store) -> Result<Vec<InvoiceIssued>> {
    let facts = store.read()?.facts_of_kind("InvoiceIssued")?;
    Ok(facts.into_iter().filter_map(|it| billing::invoice_of(it.fact)).collect())
}

/// One invoice.
///
/// # Errors
/// [`EngineRejection::UnknownInvoice`].
pub fn invoice(store: &mut dyn Store, number: &str) -> Result<InvoiceIssued> {
    let fact = store.read()?.fact("InvoiceIssued", number)?;
    fact.and_then(|it| billing::invoice_of(it.fact)).ok_or_else(|| {
        EngineError::refused(EngineRejection::UnknownInvoice { number: number.to_owned() })
    })
}

/// One line of an invoice.
///
/// # Errors
/// [`EngineRejection::UnknownLine`].
pub fn invoice_line(invoice: &InvoiceIssued, line: u32) -> Result<&InvoiceLine> {
    invoice.lines.iter().find(|it| it.line == line).ok_or_else(|| {
        EngineError::refused(EngineRejection::UnknownLine {
            number: invoice.number.to_string(),
            line,
            lines: invoice.lines.len(),
        })
    })
}

/// Debits and credits of every account.
///
/// # Errors
/// [`EngineError::Store`].
pub fn trial_balance(store: &mut dyn Store) -> Result<Vec<Balance>> {
    Ok(store.read()?.trial_balance()?)
}

/// The accounts whose names come after one, at most `limit`, by name: each by its last version.
///
/// # Errors
/// [`EngineError::Store`].
pub fn accounts(store: &mut dyn Store, after: &str, limit: u32) -> Result<Vec<AccountRegistered>> {
    let mut tx = store.read()?;
    let names = tx.subjects_of_kind("AccountRegistered", after, limit)?;
    let last = |name: String| Ok(last_version(tx.as_mut(), &name)?);
    let found = names.into_iter().map(last).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// An account, by its last version.
///
/// # Errors
/// [`EngineRejection::UnknownAccount`].
pub fn account(store: &mut dyn Store, account: &str) -> Result<AccountRegistered> {
    let found = last_version(store.read()?.as_mut(), account)?;
    found.ok_or_else(|| no_account(account))
}

fn last_version(tx: &mut dyn Tx, account: &str) -> store::Result<Option<AccountRegistered>> {
    let versions = tx.facts_about("AccountRegistered", account)?.into_iter();
    let versions = versions.filter_map(|it| match it.fact {
        Fact::AccountRegistered(it) => Some(it),
        _ => None,
    });
    Ok(versions.max_by_key(|it| it.version))
}

/// That there is no such account.
#[must_use]
pub fn no_account(account: &str) -> EngineError {
    EngineError::refused(EngineRejection::UnknownAccount { account: account.to_owned() })
}

/// That there is no such unit.
#[must_use]
pub fn no_unit(unit: &str) -> EngineError {
    EngineError::refused(EngineRejection::UnknownUnit { unit: unit.to_owned() })
}

/// That there is no such invoice.
#[must_use]
pub fn no_invoice(number: &str) -> EngineError {
    EngineError::refused(EngineRejection::UnknownInvoice { number: number.to_owned() })
}

/// The invoices whose numbers come after one, at most `limit`, by number: all, or those of one
/// account.
///
/// # Errors
/// [`EngineError::Store`].
pub fn invoices_after(
    store: &mut dyn Store,
    account: Option<&AccountId>,
    after: &str,
    limit: u32,
) -> Result<Vec<InvoiceIssued>> {
    let mut tx = store.read()?;
    let Some(account) = account else {
        let page = tx.page_of_kind("InvoiceIssued", after, limit)?;
        return Ok(page.into_iter().filter_map(|it| billing::invoice_of(it.fact)).collect());
    };
    let all = tx.facts_about("InvoiceIssued", account.as_str())?.into_iter();
    let mut all: Vec<_> = all.filter_map(|it| billing::invoice_of(it.fact)).collect();
    all.retain(|it| it.number.as_str() > after);
    all.sort_by(|a, b| a.number.cmp(&b.number));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// The facts after a position of the log, at most `limit`.
///
/// # Errors
/// [`EngineError::Store`].
pub fn facts_after(store: &mut dyn Store, sequence: i64, limit: u32) -> Result<Vec<Recorded>> {
    Ok(store.read()?.facts_after(sequence, limit)?)
}

/// The units of an account whose names come after one, at most `limit`, by name.
///
/// # Errors
/// [`EngineError::Store`].
pub fn units_after(
    store: &mut dyn Store,
    account: &AccountId,
    after: &str,
    limit: u32,
) -> Result<Vec<UnitState>> {
    Ok(store.read()?.units_after(account, after, limit)?)
}

/// The units of an account, by name.
///
/// # Errors
/// [`EngineError::Store`].
pub fn units(store: &mut dyn Store, account: &AccountId) -> Result<Vec<UnitState>> {
    Ok(store.read()?.units_of_account(account)?)
}

/// One unit.
///
/// # Errors
/// [`EngineRejection::UnknownUnit`].
pub fn unit(store: &mut dyn Store, unit: &UnitId) -> Result<UnitState> {
    store.read()?.unit(unit)?.ok_or_else(|| {
        EngineError::refused(EngineRejection::UnknownUnit { unit: unit.to_string() })
    })
}

/// What will fall due, in order.
///
/// # Errors
/// [`EngineError::Store`].
pub fn timers(store: &mut dyn Store) -> Result<Vec<Timer>> {
    Ok(store.read()?.timers()?)
}

/// Shipments that wait for an order: no order line that they name has their unit.
///
/// # Errors
/// [`EngineError::Store`].
pub fn waiting_shipments(store: &mut dyn Store) -> Result<Vec<facts::ItemShipped>> {
    let mut tx = store.begin()?;
    let mut waiting = Vec::new();
    for recorded in tx.facts_of_kind("ItemShipped")? {
        if let Fact::ItemShipped(shipment) = recorded.fact
            && shipment.reason == ShipmentReason::Sale
            && tx.unit(&shipment.unit)?.is_none_or(|it| it.order_line != shipment.order_line)
        {
            waiting.push(shipment);
        }
    }
    Ok(waiting)
}

/// Every fact, in the order of the log, a page at a time.
///
/// # Errors
/// [`EngineError::Store`].
pub fn facts(store: &mut dyn Store) -> Result<Vec<Recorded>> {
    let mut all: Vec<Recorded> = Vec::new();
    loop {
        let after = all.last().map_or(0, |it| it.sequence);
        let page = store.read()?.facts_after(after, PAGE_FACTS_MAX)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
