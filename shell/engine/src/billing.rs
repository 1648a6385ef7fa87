//! Invoices: plan → check → issue. Each is written in one transaction with its entries and the next
//! bill day; those of a bill run, many at once.
//!
//! | module | what it does |
//! | --- | --- |
//! | `basis` | everything that one invoice is planned from, but for usage |
//! | `bills` | what was billed of an account, whoever paid |
//! | `carried` | what the last invoice left, so that the next need not look at everything |
//! | `evidence` | the events of each usage line as a range and a digest |
//! | `plan` | what an invoice would be, and the check that it breaks no promise |
//! | [`drafts`] | invoices that are looked at before they are issued |
//! | [`run`] | bill runs: the accounts whose day has come, with several threads |
//! | [`run_preview`] | what a bill run would do, beside the invoices before |
//! | [`parked`] | accounts that could not be billed |
//! | `thresholds` | invoices that do not wait for the bill day |
//! | `together` | what several bill days come to, written at once |

mod basis;
mod bills;
mod carried;
pub mod drafts;
mod evidence;
pub mod parked;
mod plan;
pub mod run;
pub mod run_preview;
mod thresholds;
mod together;

use facts::{AccountId, AccountRegistered, Fact, InvoiceIssued};
use invoicing::Draft;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::add_days;
use store::{Store, Timer, TimerKind, Tx};

use crate::{EngineError, EngineRejection, Refusal, Result, credit_notes};

pub(crate) use basis::Basis;
pub(crate) use bills::{Bills, payers_of};
pub(crate) use plan::{Shared, held};
use together::Together;

/// Sets the timer of the next day on which an account is billed: that of its draft, or its next
/// bill day.
pub(crate) fn schedule(tx: &mut dyn Tx, account: &AccountRegistered, now: Timestamp) -> Result<()> {
    let next = match drafts::issue_day_of(tx, &account.account)? {
        Some(day) if account.zone.day_of(now) < day => timer_of(account, day)?,
        _ => next_bill_day(account, now)?,
    };
    Ok(tx.set_timer(&next)?)
}

/// The timer of the next day on which an account is looked at: its next bill day; tomorrow, where
/// an amount of usage does not wait for that.
fn next_bill_day(account: &AccountRegistered, now: Timestamp) -> Result<Timer> {
    let today = account.zone.day_of(now);
    let next = match account.threshold {
        Some(_) => add_days(today, 1),
        None => account.bill_cycle.next_after(today),
    };
    timer_of(account, next.map_err(|no| cannot_bill(&account.account, today, &no))?)
}

/// The timer of a day on which an account is billed.
fn timer_of(account: &AccountRegistered, day: Date) -> Result<Timer> {
    let due_at =
        account.zone.start_of(day).map_err(|no| cannot_bill(&account.account, day, &no))?;
    let subject = account.account.to_string();
    Ok(Timer { due_at, kind: TimerKind::IssueInvoice, subject })
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

/// Why an account is refused, without the account and the day: who tells it names them beside.
fn reason_of(why: &[Refusal]) -> String {
    let reason = |it: &Refusal| match it.rejection.code() {
        "cannot-bill" => it.rejection.args().into_iter().find(|(name, _)| *name == "reason"),
        _ => None,
    };
    let said = |it: &Refusal| reason(it).map_or_else(|| it.rejection.to_string(), |(_, it)| it);
    why.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// What the invoices of an account would be on a bill day: the consolidated one first, then those
/// that order lines have of their own. Reads only.
///
/// # Errors
/// [`EngineError::Refused`] when they could not be issued.
pub fn preview(store: &mut dyn Store, account: &AccountId, issued_on: Date) -> Result<Vec<Draft>> {
    let mut tx = store.read()?;
    let mut shared = Shared::load(tx.as_mut())?;
    planned(tx.as_mut(), &mut shared, account, issued_on)
}

/// From which day on the invoice of a bill day looks at service and usage, because what was before
/// is due as it was billed (`docs/adr/0039`); none: at all of it. Reads only.
///
/// # Errors
/// As [`preview`].
pub fn looks_from(
    store: &mut dyn Store,
    account: &AccountId,
    issued_on: Date,
) -> Result<Option<Date>> {
    let mut tx = store.read()?;
    let mut shared = Shared::load(tx.as_mut())?;
    plan::looks_from(tx.as_mut(), &mut shared, account, issued_on)
}

/// As [`preview`], in a unit of work, with what was loaded for other accounts.
pub(crate) fn planned(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    issued_on: Date,
) -> Result<Vec<Draft>> {
    let planned = plan::plan(tx, shared, account, issued_on)?;
    Ok(planned.map(|it| it.drafts).unwrap_or_default())
}

/// Issues the invoices of an account for a bill day, with their entries; none when there is
/// nothing to bill.
pub(crate) fn issue(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    account: &AccountId,
    issued_on: Date,
    now: Timestamp,
) -> Result<Vec<InvoiceIssued>> {
    let Some(planned) = plan::plan(tx, shared, account, issued_on)? else { return Ok(Vec::new()) };
    let parkings = parked::parkings_of(tx, account)?;
    let mut together = Together::default();
    let numbers = together.issue(tx, planned, &parkings, now)?;
    together.save(tx, now)?;
    let mut issued = Vec::with_capacity(numbers.len());
    for number in numbers {
        let recorded = tx.fact("InvoiceIssued", number.as_str())?;
        issued.extend(recorded.and_then(|it| invoice_of(it.fact)));
    }
    Ok(issued)
}

/// Issues what is due of an account today, and sets the timer of its next day. None: nothing is
/// due.
fn issue_today(
    tx: &mut dyn Tx,
    account: &AccountRegistered,
    now: Timestamp,
) -> Result<Vec<InvoiceIssued>> {
    let mut shared = Shared::load(tx)?;
    let invoices = issue(tx, &mut shared, &account.account, account.zone.day_of(now), now)?;
    schedule(tx, account, now)?;
    Ok(invoices)
}

/// The invoices to an account as they stand: without the lines that became due again.
pub(crate) fn invoices_of(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<InvoiceIssued>> {
    let notes = credit_notes::notes_of(tx, account)?;
    Ok(invoicing::standing(issued_to(tx, account)?, &notes))
}

/// The invoices to an account as they were issued.
pub(crate) fn issued_to(tx: &mut dyn Tx, account: &AccountId) -> Result<Vec<InvoiceIssued>> {
    let facts = tx.facts_about("InvoiceIssued", account.as_str())?;
    Ok(facts.into_iter().filter_map(|it| invoice_of(it.fact)).collect())
}

pub(crate) fn invoice_of(fact: Fact) -> Option<InvoiceIssued> {
    if let Fact::InvoiceIssued(it) = fact { Some(*it) } else { None }
}
