//! Invoices: plan → check → issue, in one transaction with the entries and the next bill day.

mod basis;
mod evidence;

use ::credits::Credit;
use facts::{AccountId, AccountRegistered, Fact, InvoiceIssued};
use invoicing::{Draft, Evidence};
use jiff::Timestamp;
use jiff::civil::Date;
use rating::GroupedUsage;
use store::{Store, Timer, TimerKind, Tx};

use crate::contracts::Sold;
use crate::{EngineError, EngineRejection, Result, credit_notes, credits, usage};

pub(crate) use basis::Basis;

/// Sets the timer of an account's next bill day.
pub(crate) fn schedule(tx: &mut dyn Tx, account: &AccountRegistered, now: Timestamp) -> Result<()> {
    let today = account.zone.day_of(now);
    let next = account.bill_cycle.next_after(today).and_then(|day| account.zone.start_of(day));
    let due_at = next.map_err(|no| cannot_bill(&account.account, today, &no))?;
    let subject = account.account.to_string();
    Ok(tx.set_timer(&Timer { due_at, kind: TimerKind::IssueInvoice, subject })?)
}

pub(crate) fn cannot_bill(
    account: &AccountId,
    issued_on: Date,
    reason: &dyn ToString,
) -> EngineError {
    EngineError::refused(EngineRejection::CannotBill {
        account: account.clone(),
        issued_on,
        reason: reason.to_string(),
    })
}

/// What the invoice of an account would be on a bill day. Reads only.
///
/// # Errors
/// [`EngineError::Refused`] when it could not be issued.
pub fn preview(
    store: &mut dyn Store,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Draft>> {
    plan(store.read()?.as_mut(), account, issued_on)
}

/// Issues the invoice of an account for a bill day, with its entries; `None` when there is
/// nothing to bill.
pub(crate) fn issue(
    tx: &mut dyn Tx,
    account: &AccountId,
    issued_on: Date,
    now: Timestamp,
) -> Result<Option<InvoiceIssued>> {
    let before = open_credits(tx, account, issued_on)?;
    let Some(draft) = plan(tx, account, issued_on)? else { return Ok(None) };
    let refuse = |no: &dyn ToString| cannot_bill(account, issued_on, no);
    let series = format!("{}/invoice/{}", draft.seller.code, issued_on.year());
    let sequence = tx.take_number(&series)?;
    let number = invoicing::number(&draft.seller.invoice_prefix, issued_on, sequence)
        .map_err(|no| refuse(&no))?;
    let invoice = draft.issue(number);
    let entries = ledger::post(&invoice).map_err(|no| refuse(&no))?;
    tx.record(&Fact::InvoiceIssued(Box::new(invoice.clone())), now)?;
    for entry in entries {
        tx.save_entry(&entry)?;
        tx.record(&Fact::EntryPosted(entry), now)?;
    }
    credits::after_invoice(tx, &invoice, &before, now)?;
    Ok(Some(invoice))
}

/// The credits of an account as an invoice of a day knows them, in the order in which they burn.
fn open_credits(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Vec<Credit>> {
    let known = credits::known(tx, account, Some(issued_on))?;
    known.credits().map_err(|no| cannot_bill(account, issued_on, &no))
}

fn plan(tx: &mut dyn Tx, account: &AccountId, issued_on: Date) -> Result<Option<Draft>> {
    let sold = Sold::load(tx)?;
    plan_under(tx, sold, account, issued_on)
}

/// What the invoice of an account would be, with what was loaded for others.
pub(crate) fn plan_under(
    tx: &mut dyn Tx,
    sold: Sold,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Draft>> {
    let basis = Basis::load_under(tx, sold, account, issued_on)?;
    let refuse = |no: &dyn ToString| cannot_bill(account, issued_on, no);
    let seller = basis.seller()?;
    let (devices, series) = usage::readings_of(tx, basis.under_contract())?;
    let buckets = devices.fold(&series, &basis.meters, issued_on);
    let mut grouped = GroupedUsage::default();
    basis.group(&mut grouped, &buckets.map_err(|no| refuse(&no))?)?;
    let mut charges = basis.due_charges()?;
    let mut used = basis.due_usage(&grouped)?;
    if let Some(period) = evidence::period_of(&used) {
        let zone = &basis.account.zone;
        let start = |day| zone.start_of(day).map_err(|no| refuse(&no));
        let range = (start(period.from())?, start(period.to())?);
        let events = devices.events(&series, range, issued_on);
        evidence::attach(&basis, &mut grouped, &events, &mut used)?;
    }
    charges.extend(used);
    let charges = basis.under_terms(charges, &seller)?;
    let credits = open_credits(tx, account, issued_on)?;
    let charges = ::credits::take_off(charges, &credits, issued_on).map_err(|no| refuse(&no))?;
    let draft =
        invoicing::plan(&seller, &basis.account, issued_on, charges).map_err(|no| refuse(&no))?;
    let Some(mut draft) = draft else { return Ok(None) };
    draft.prepaid = ::credits::pay(draft.total, &credits, issued_on).map_err(|no| refuse(&no))?;
    let period = basis.account.bill_cycle.period_of(issued_on).map_err(|no| refuse(&no))?;
    let objections = invoicing::check(
        &draft,
        Evidence {
            timelines: &basis.timelines,
            billed: &basis.billed,
            zone: &basis.account.zone,
            horizon: period.to(),
        },
    );
    if objections.is_empty() {
        return Ok(Some(draft));
    }
    let reasons: Vec<String> = objections.iter().map(ToString::to_string).collect();
    Err(refuse(&reasons.join("; ")))
}

/// The invoices of an account as they stand: without the lines that became due again.
pub(crate) fn invoices_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<InvoiceIssued>> {
    let notes = credit_notes::notes_of(tx, account)?;
    Ok(invoicing::standing(issued_to(tx, account)?, &notes))
}

/// The invoices of an account as they were issued.
pub(crate) fn issued_to(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<InvoiceIssued>> {
    let facts = tx.facts_about("InvoiceIssued", account.as_str())?;
    Ok(facts.into_iter().filter_map(|it| invoice_of(it.fact)).collect())
}

pub(crate) fn invoice_of(fact: Fact) -> Option<InvoiceIssued> {
    if let Fact::InvoiceIssued(it) = fact { Some(*it) } else { None }
}
