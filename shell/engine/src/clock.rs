//! What time it is, and what falls due. Production and simulation run the same pump: timers in
//! order of instant, kind and subject, each in a transaction of its own that also moves the
//! virtual clock; bill days of one instant some at once ([`crate::billing::run`]). A crash loses
//! nothing: the pump goes on where it stopped.

use facts::{AccountId, CreditId, InvoiceNumber, OrderLineId, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Timer, TimerKind, Tx};

use crate::billing::run::{BillRun, Step};
use crate::contracts;
use crate::{EngineError, EngineRejection, Result, contract_terms, credits, settle};

/// Something that fell due and was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// The fallback start of a unit was reached.
    ServiceStarted(UnitId, Timestamp),
    /// The end of the term of an order line is near: notice can be given until a day.
    NoticeDue(OrderLineId, AccountId, Timestamp),
    /// The term of an order line was renewed.
    TermRenewed(OrderLineId, AccountId, Timestamp),
    /// The term of an order line ended.
    TermEnded(OrderLineId, AccountId, Timestamp),
    /// An invoice was issued.
    InvoiceIssued(InvoiceNumber, AccountId, Timestamp),
    /// A bill day came and the invoice waits as a draft, until a day.
    InvoiceDrafted(AccountId, Date, Timestamp),
    /// A draft would be issued by itself, but somebody looks at it.
    DraftHeld(AccountId, Timestamp),
    /// A bill day came and there was nothing to bill.
    NothingToBill(AccountId, Timestamp),
    /// A bill day came and the account could not be billed, for this reason.
    AccountParked(AccountId, String, Timestamp),
    /// The time of a credit was over.
    CreditLapsed(CreditId, Timestamp),
}

/// The tenant's time: its virtual clock, or the system clock's time, which the caller passes.
///
/// # Errors
/// [`EngineError::Store`].
pub fn now(store: &mut dyn Store, system: Timestamp) -> Result<Timestamp> {
    Ok(store.begin()?.clock()?.unwrap_or(system))
}

/// Begins to live by a virtual clock. Only an empty store can.
///
/// # Errors
/// [`EngineRejection::ClockIsLive`] when something was recorded by the system clock.
pub fn start_virtual(store: &mut dyn Store, at: Timestamp) -> Result<()> {
    let mut tx = store.begin()?;
    if tx.clock()?.is_none() && !tx.facts_after(0, 1)?.is_empty() {
        return Err(EngineError::refused(EngineRejection::ClockIsLive { to: at }));
    }
    if tx.clock()?.is_none() {
        tx.set_clock(at)?;
        tx.commit()?;
    }
    Ok(())
}

/// Advances the virtual clock to an instant, carrying out everything that falls due on the way.
/// An empty store begins its virtual clock there.
///
/// # Errors
/// [`EngineRejection::ClockBackwards`], [`EngineRejection::ClockIsLive`], or what a due task was
/// refused for; what was carried out before it stays done.
pub fn advance(
    store: &mut dyn Store,
    to: Timestamp,
    mut watch: impl FnMut(&Happened),
) -> Result<Vec<Happened>> {
    start_virtual(store, to)?;
    let now = now(store, to)?;
    if to < now {
        return Err(EngineError::refused(EngineRejection::ClockBackwards { now, to }));
    }
    let happened = run_due(store, to, &mut |step| {
        if let Step::Happened(it) = step {
            watch(it);
        }
    })?;
    let mut tx = store.begin()?;
    tx.set_clock(to)?;
    tx.commit()?;
    Ok(happened)
}

/// Carries out everything that is due at `now`, in order.
///
/// # Errors
/// What a due task was refused for; what was carried out before it stays done.
pub fn run_due(
    store: &mut dyn Store,
    now: Timestamp,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<Vec<Happened>> {
    let (mut happened, mut bill_run) = (Vec::new(), BillRun::default());
    loop {
        let first = store.read()?.first_due_timer(now)?;
        if let Some(bill_day) = first.filter(|it| it.kind == TimerKind::IssueInvoice) {
            happened.extend(bill_run.issue_due(store, &bill_day, now, tell)?);
            continue;
        }
        let mut tx = store.begin()?;
        let Some(timer) = tx.first_due_timer(now)? else { return Ok(happened) };
        if timer.kind == TimerKind::IssueInvoice {
            continue;
        }
        let is_virtual = tx.clock()?.is_some();
        let recorded_at = if is_virtual { timer.due_at } else { now };
        if is_virtual {
            tx.set_clock(timer.due_at)?;
        }
        let it = carry_out(tx.as_mut(), &timer, recorded_at)?;
        tx.commit()?;
        if let Some(it) = it {
            tell(Step::Happened(&it));
            happened.push(it);
        }
    }
}

fn carry_out(tx: &mut dyn Tx, timer: &Timer, recorded_at: Timestamp) -> Result<Option<Happened>> {
    let name = |_| contracts::missing(format!("the subject of timer `{}`", timer.subject));
    match timer.kind {
        TimerKind::ReviewTerm => {
            let line = OrderLineId::new(timer.subject.clone()).map_err(name)?;
            contract_terms::review(tx, &line, timer.due_at, recorded_at)
        }
        TimerKind::StartService => {
            let unit = UnitId::new(timer.subject.clone()).map_err(name)?;
            tx.clear_timer(timer.kind, &timer.subject)?;
            settle::units(tx, std::slice::from_ref(&unit), recorded_at)?;
            Ok(Some(Happened::ServiceStarted(unit, timer.due_at)))
        }
        TimerKind::LookAtUsage => {
            let (unit, _) = timer.subject.split_once(' ').unwrap_or((&timer.subject, ""));
            let unit = UnitId::new(unit).map_err(name)?;
            tx.clear_timer(timer.kind, &timer.subject)?;
            settle::by_usage_until(tx, &[unit], (timer.due_at, recorded_at))?;
            Ok(None)
        }
        TimerKind::LapseCredit => {
            let credit = CreditId::new(timer.subject.clone()).map_err(name)?;
            tx.clear_timer(timer.kind, &timer.subject)?;
            credits::lapse(tx, &credit, timer.due_at, recorded_at)?;
            Ok(Some(Happened::CreditLapsed(credit, timer.due_at)))
        }
        // Bill days are carried out some at once, by `billing::run`.
        TimerKind::IssueInvoice => Ok(None),
    }
}
