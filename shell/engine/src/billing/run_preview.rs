//! What a bill run would do, account by account, beside what the last one did. Reads only.

use facts::{AccountId, AccountParked, ChargeKind, InvoiceIssued, InvoiceNumber};
use invoicing::{Draft, Totals};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Money;
use kernel::money::MoneyError;
use store::{Store, Timer, TimerKind, Tx};

use super::plan::{self, Shared};
use super::{cannot_bill, invoices_of, parked, reason_of};
use crate::{EngineError, Result, contracts, readers};

/// The bill day of an account, as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPreview {
    /// The account.
    pub account: AccountId,
    /// The customer's name.
    pub customer: String,
    /// The day.
    pub issued_on: Date,
    /// What would be issued.
    pub outcome: Expected,
    /// The invoice before it.
    pub last: Option<LastInvoice>,
    /// Units in service on the day.
    pub in_service: usize,
    /// Whether an earlier bill day could not be billed.
    pub is_parked: bool,
}

/// The invoice that was issued last; several of one day together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastInvoice {
    /// Its number, or that of the first.
    pub number: InvoiceNumber,
    /// Its day.
    pub issued_on: Date,
    /// Net.
    pub net: Money,
}

/// What a bill day would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// An invoice, or several together.
    Invoices {
        /// How many: one, and one for each group of order lines that asked for its own.
        count: usize,
        /// Units that have a line for service.
        units: usize,
        /// What they come to together.
        totals: Totals,
    },
    /// Nothing.
    Nothing,
    /// The account would be parked, for this reason.
    Parked(String),
}

impl AccountPreview {
    /// What is billed more than by the last invoice; less, when negative. None where one of the two
    /// is not there, or the difference leaves its range.
    #[must_use]
    pub fn difference(&self) -> Option<Money> {
        match (&self.outcome, &self.last) {
            (Expected::Invoices { totals, .. }, Some(last)) => totals.net.minus(last.net).ok(),
            _ => None,
        }
    }
}

/// The accounts whose bill day has come at an instant or before, by day and name.
///
/// # Errors
/// [`EngineError::Store`].
pub fn run_preview(store: &mut dyn Store, until: Timestamp) -> Result<Vec<AccountPreview>> {
    let parked = parked::parked(store)?;
    let (timers, shared) = {
        let mut tx = store.read()?;
        (tx.timers()?, Shared::load(tx.as_mut())?)
    };
    let is_due = |it: &Timer| it.kind == TimerKind::IssueInvoice && it.due_at <= until;
    let due: Vec<Timer> = timers.into_iter().filter(is_due).collect();
    readers::look_at(
        store,
        &due,
        || shared.clone(),
        |tx, shared, timer| preview(tx, shared, &parked, timer),
    )
}

fn preview(
    tx: &mut dyn Tx,
    shared: &mut Shared,
    parked: &[AccountParked],
    timer: &Timer,
) -> Result<AccountPreview> {
    let broken = |_| contracts::missing(format!("the subject of timer `{}`", timer.subject));
    let account = AccountId::new(timer.subject.as_str()).map_err(broken)?;
    let account = contracts::account(tx, &account)?;
    let issued_on = account.zone.day_of(timer.due_at);
    let refuse = |no: &dyn ToString| cannot_bill(&account.account, issued_on, no);
    let last = last_of(&invoices_of(tx, &account.account)?).map_err(|no| refuse(&no))?;
    let mut started = tx.units_of_account(&account.account)?;
    started.retain(|it| it.start.as_ref().is_some_and(|start| start.start_at < timer.due_at));
    let outcome = match plan::plan_day(tx, shared, &account, issued_on) {
        Ok(Some(planned)) => expected(&planned.drafts).map_err(|no| refuse(&no))?,
        Ok(None) => Expected::Nothing,
        Err(EngineError::Store(failed)) => return Err(failed.into()),
        Err(EngineError::Refused(why)) => Expected::Parked(reason_of(&why)),
    };
    let is_parked = parked.iter().any(|it| it.account == account.account);
    Ok(AccountPreview {
        account: account.account,
        customer: account.customer,
        issued_on,
        outcome,
        last,
        in_service: started.len(),
        is_parked,
    })
}

/// The invoices of the last day, as one; its number is that of the first of them.
fn last_of(invoices: &[InvoiceIssued]) -> std::result::Result<Option<LastInvoice>, MoneyError> {
    let Some(day) = invoices.last().map(|it| it.issued_on) else { return Ok(None) };
    let mut of_day = invoices.iter().filter(|it| it.issued_on == day);
    let Some(first) = of_day.next() else { return Ok(None) };
    let net = of_day.try_fold(first.net, |sum, it| sum.plus(it.net))?;
    Ok(Some(LastInvoice { number: first.number.clone(), issued_on: day, net }))
}

/// What the documents of a day come to together.
fn expected(drafts: &[Draft]) -> std::result::Result<Expected, MoneyError> {
    let Some(totals) = Totals::of(drafts)? else { return Ok(Expected::Nothing) };
    let lines = drafts.iter().flat_map(|draft| &draft.lines);
    let services = lines.filter(|it| it.charge.kind == ChargeKind::ServiceCharge);
    let mut units: Vec<_> = services.flat_map(|it| &it.charge.units).collect();
    units.sort_unstable();
    units.dedup();
    let (count, units) = (drafts.len(), units.len());
    Ok(Expected::Invoices { count, units, totals })
}
