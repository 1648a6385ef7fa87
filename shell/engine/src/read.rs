//! Reads: invoices, balances, units.

use facts::invoice::InvoiceLine;
use facts::posting::Balance;
use facts::unit::ShipmentReason;
use facts::{AccountId, Fact, InvoiceIssued, Recorded, UnitId};
use store::{Store, Timer, UnitState};

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
