//! Bill runs: the accounts whose bill day has come. Invoices are planned and checked by as many
//! threads as the machine has, while those before are written, some at once, each with its entries
//! and next bill day.
//! An account that cannot be billed is parked; the others are billed. What is written is durable
//! together, so that a run that dies goes on where it stopped, and a second run finds nothing.

use facts::{AccountId, AccountRegistered, Fact, InvoiceDrafted};
use invoicing::Parkings;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Timer, TimerKind, Tx};

use super::drafts::{self, Turn};
use super::plan::{self, Planned, Shared};
use super::thresholds::{self, DayOf};
use super::together::Together;
use super::{next_bill_day, parked, reason_of, timer_of};
use crate::clock::Happened;
use crate::readers::GoOn;
use crate::{EngineError, Result, contracts, readers};

/// Most accounts whose invoices are written in one unit of work.
const AT_ONCE_MAX: usize = 256;

/// Most accounts that are planned without looking whether something else was recorded meanwhile,
/// and that one run takes at a time.
const AHEAD_MAX: u32 = 4_096;

/// The parts into which runs share out the accounts of a tenant, unless they come too small or
/// large.
const PARTS: u32 = 16;

/// The facts that [`Shared`] is loaded from.
const PUBLISHED: [&str; 5] = [
    "SellerPublished",
    "MeterPublished",
    "FulfilmentSpecPublished",
    "OfferPublished",
    "PayerNamed",
];

/// What a bill run tells while it works, for who shows progress or tries what a crash does.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Invoices are planned and checked; nothing is written.
    Planned(usize),
    /// What the day of an account comes to is settled and numbered; nothing of it is durable.
    Settled(&'a AccountId),
    /// Everything of these accounts is written, and becomes durable next.
    Complete,
    /// It is durable.
    Happened(&'a Happened),
}

/// How many accounts wait for their bill day that has come.
///
/// # Errors
/// [`EngineError::Store`].
pub fn due(store: &mut dyn Store, now: Timestamp) -> Result<i64> {
    Ok(store.read()?.count_due_timers(TimerKind::IssueInvoice, now)?)
}

/// Accounts whose names follow each other, which one run takes at a time.
struct Part {
    from: String,
    /// The first account of the next part; none: there is none.
    until: Option<String>,
}

impl Part {
    fn name(&self) -> String {
        format!("bills from {}", self.from)
    }

    /// Those whose bill day begins with that of the first that is due.
    fn due(&self, tx: &mut dyn Tx, first: &Timer) -> Result<Vec<Timer>> {
        let subject = self.from.clone().max(first.subject.clone());
        let mut due = tx.timers_together(&Timer { subject, ..first.clone() }, AHEAD_MAX)?;
        if let Some(until) = &self.until {
            due.retain(|timer| timer.subject < *until);
        }
        Ok(due)
    }
}

/// The parts of the tenant's accounts from the account of a timer on. All runs of an instant find
/// the same parts, whatever they have billed: each account has its timer.
fn parts_from(store: &mut dyn Store, first: &Timer) -> Result<Vec<Part>> {
    let mut tx = store.read()?;
    let accounts = tx.count_due_timers(first.kind, Timestamp::MAX)?;
    let accounts = u32::try_from(accounts).unwrap_or(u32::MAX);
    let at_least = u32::try_from(AT_ONCE_MAX).unwrap_or(AHEAD_MAX);
    let size = accounts.div_ceil(PARTS).clamp(at_least, AHEAD_MAX);
    let mut until = None;
    let mut parts = Vec::new();
    for from in tx.parts_of_timers(first.kind, size)?.into_iter().rev() {
        let next = Some(from.clone());
        parts.push(Part { from, until: std::mem::replace(&mut until, next) });
    }
    parts.reverse();
    parts.retain(|part| part.until.as_ref().is_none_or(|until| first.subject < *until));
    Ok(parts)
}

/// A run, and what it need not load again.
#[derive(Default)]
pub(crate) struct BillRun {
    shared: Option<(i64, Shared)>,
}

/// An account, and what its bill day comes to.
struct Day {
    account: AccountRegistered,
    issued_on: Date,
    parkings: Parkings,
    outcome: Outcome,
}

enum Outcome {
    Invoices(Box<Planned>),
    Nothing,
    /// It is no bill day, and there is no reason for an invoice.
    Quiet,
    /// It waits as a draft, and is issued on this day.
    Drafted(Date),
    /// Somebody looks at the draft.
    Held,
    /// Why not.
    Parked(String),
}

impl BillRun {
    /// Bills the accounts whose bill day begins at the instant of a timer, from it on, and stops
    /// when something is recorded meanwhile that an invoice can depend on. What another run works
    /// on is left to it: at the end we wait for it, and do what it left, if it died.
    pub fn issue_due(
        &mut self,
        store: &mut dyn Store,
        first: &Timer,
        now: Timestamp,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Vec<Happened>> {
        let mut happened = Vec::new();
        let (parts, mut left) = (parts_from(store, first)?, Vec::new());
        for part in parts {
            if !store.claim(&part.name())? {
                left.push(part);
                continue;
            }
            if self.issue_part(store, (first, part), now, tell, &mut happened)? == GoOn::No {
                return Ok(happened);
            }
        }
        for part in left {
            store.claim_next(&part.name())?;
            if self.issue_part(store, (first, part), now, tell, &mut happened)? == GoOn::No {
                return Ok(happened);
            }
        }
        Ok(happened)
    }

    /// Bills a part of the accounts, and gives it back.
    fn issue_part(
        &mut self,
        store: &mut dyn Store,
        (first, part): (&Timer, Part),
        now: Timestamp,
        tell: &mut dyn FnMut(Step<'_>),
        happened: &mut Vec<Happened>,
    ) -> Result<GoOn> {
        let issued = loop {
            match self.issue_some(store, (first, &part), now, tell, happened) {
                Ok(Some(GoOn::Yes)) => {}
                Ok(None) => break Ok(GoOn::Yes),
                Ok(Some(GoOn::No)) => break Ok(GoOn::No),
                Err(failed) => break Err(failed),
            }
        };
        store.give_back(&part.name())?;
        issued
    }

    /// Bills the next accounts of a part; none: it has no more.
    fn issue_some(
        &mut self,
        store: &mut dyn Store,
        (first, part): (&Timer, &Part),
        now: Timestamp,
        tell: &mut dyn FnMut(Step<'_>),
        happened: &mut Vec<Happened>,
    ) -> Result<Option<GoOn>> {
        let (due, mut fence) = {
            let mut tx = store.read()?;
            (part.due(tx.as_mut(), first)?, tx.last_of_kinds(&fenced())?)
        };
        if due.is_empty() {
            return Ok(None);
        }
        let shared = self.shared(store)?;
        let mut go_on = GoOn::Yes;
        let accounts = (due.as_slice(), AT_ONCE_MAX);
        readers::look_ahead(
            store,
            accounts,
            || shared.clone(),
            of_timer,
            |store, due, days| {
                tell(Step::Planned(days.len()));
                let written = match write_days(store, (due, days), &mut fence, now, tell) {
                    // One of them cannot be written: each by itself, so that only that one waits.
                    Err(EngineError::Refused(_)) => {
                        (self.one_by_one(store, due, now, tell)?, GoOn::No)
                    }
                    written => written?,
                };
                happened.extend(written.0);
                go_on = written.1;
                Ok(go_on)
            },
        )?;
        Ok(Some(go_on))
    }

    /// What is published, loaded again when something was.
    fn shared(&mut self, store: &mut dyn Store) -> Result<Shared> {
        let mut tx = store.read()?;
        let published = tx.last_of_kinds(&PUBLISHED)?;
        match &self.shared {
            Some((known, shared)) if *known == published => Ok(shared.clone()),
            _ => {
                let shared = Shared::load(tx.as_mut())?;
                self.shared = Some((published, shared.clone()));
                Ok(shared)
            }
        }
    }

    fn one_by_one(
        &mut self,
        store: &mut dyn Store,
        due: &[Timer],
        now: Timestamp,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Vec<Happened>> {
        let mut all = Vec::new();
        for timer in due {
            let one = std::slice::from_ref(timer);
            let mut fence = store.read()?.last_of_kinds(&fenced())?;
            let mut shared = self.shared(store)?;
            let day = of_timer(store.read()?.as_mut(), &mut shared, timer)?;
            let Day { account, issued_on, parkings, .. } = &day;
            let (account, issued_on, parkings) = (account.clone(), *issued_on, parkings.clone());
            let written = match write_days(store, (one, vec![day]), &mut fence, now, tell) {
                Err(EngineError::Refused(why)) => {
                    let outcome = Outcome::Parked(reason_of(&why));
                    let day = Day { account, issued_on, parkings, outcome };
                    write_days(store, (one, vec![day]), &mut fence, now, tell)
                }
                written => written,
            };
            all.extend(written?.0);
        }
        Ok(all)
    }
}

/// The facts that an invoice can depend on, but for usage, which counts by its day of arrival, and
/// for what the runs themselves record: of one account, only one run has the timer.
fn fenced() -> Vec<&'static str> {
    const APART: [&str; 8] = [
        "UsageReceived",
        "UsageReplayed",
        "UsageAmended",
        "InvoiceDrafted",
        "InvoiceIssued",
        "EntryPosted",
        "AccountParked",
        "AccountReleased",
    ];
    Fact::KINDS.into_iter().filter(|kind| !APART.contains(kind)).collect()
}

fn of_timer(tx: &mut dyn Tx, shared: &mut Shared, timer: &Timer) -> Result<Day> {
    let broken = |_| contracts::missing(format!("the subject of timer `{}`", timer.subject));
    let account = AccountId::new(timer.subject.as_str()).map_err(broken)?;
    let account = contracts::account(tx, &account)?;
    let issued_on = account.zone.day_of(timer.due_at);
    let seller = shared.seller_on(&account, issued_on)?;
    let turn = drafts::turn(tx, (&account, &seller), issued_on)?;
    let parkings = parked::parkings_of(tx, &account.account)?;
    let day = thresholds::day_of(tx, (&account, &seller), issued_on)?;
    if day != DayOf::Bill && parkings.current().is_some() {
        return Ok(Day { account, issued_on, parkings, outcome: Outcome::Quiet });
    }
    let outcome = match plan::plan_day(tx, shared, &account, issued_on) {
        Ok(None) if day != DayOf::Bill => Outcome::Quiet,
        Ok(Some(_)) if turn == Turn::Held => Outcome::Held,
        Ok(Some(planned)) => match turn {
            Turn::Draft(issue_on) => Outcome::Drafted(issue_on),
            _ => Outcome::Invoices(Box::new(planned)),
        },
        Ok(None) => Outcome::Nothing,
        Err(EngineError::Store(failed)) => return Err(failed.into()),
        Err(EngineError::Refused(why)) => Outcome::Parked(reason_of(&why)),
    };
    Ok(Day { account, issued_on, parkings, outcome })
}

/// Writes what bill days came to. What others did meanwhile is left out; when they recorded
/// something that an invoice can depend on, it is planned again, and what was planned beyond it
/// with the same fence is of no use.
fn write_days(
    store: &mut dyn Store,
    (due, days): (&[Timer], Vec<Day>),
    fence: &mut i64,
    now: Timestamp,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<(Vec<Happened>, GoOn)> {
    let mut tx = store.begin()?;
    let Some(first) = due.first() else { return Ok((Vec::new(), GoOn::Yes)) };
    let still_due = tx.timers_together(first, u32::try_from(due.len()).unwrap_or(u32::MAX))?;
    if still_due.is_empty() {
        return Ok((Vec::new(), GoOn::Yes));
    }
    let is_virtual = tx.clock()?.is_some();
    let recorded_at = if is_virtual { first.due_at } else { now };
    if is_virtual {
        tx.set_clock(first.due_at)?;
    }
    let is_due = |timer: &Timer| still_due.binary_search_by(|it| it.subject.cmp(&timer.subject));
    let days = due.iter().zip(days).filter(|(timer, _)| is_due(timer).is_ok());
    let (days, go_on) = if tx.last_of_kinds(&fenced())? == *fence {
        (days.map(|(_, day)| day).collect(), GoOn::Yes)
    } else {
        let mut shared = Shared::load(tx.as_mut())?;
        let again = |(timer, _)| of_timer(tx.as_mut(), &mut shared, timer);
        (days.map(again).collect::<Result<Vec<_>>>()?, GoOn::No)
    };
    let happened = settle(tx.as_mut(), days, first.due_at, recorded_at, tell)?;
    // What this run recorded itself is about accounts that it is done with.
    *fence = tx.last_of_kinds(&fenced())?;
    tell(Step::Complete);
    tx.commit()?;
    happened.iter().for_each(|it| tell(Step::Happened(it)));
    Ok((happened, go_on))
}

/// Writes all of the days at once.
fn settle(
    tx: &mut dyn Tx,
    days: Vec<Day>,
    due_at: Timestamp,
    recorded_at: Timestamp,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<Vec<Happened>> {
    let mut together = Together::default();
    let invoices = days.iter().filter_map(|day| match &day.outcome {
        Outcome::Invoices(planned) => Some(planned.as_ref()),
        _ => None,
    });
    together.number(tx, invoices)?;
    let mut happened = Vec::with_capacity(days.len());
    for Day { account, issued_on, parkings, outcome } in days {
        let name = account.account.clone();
        let mut next = next_bill_day(&account, due_at)?;
        let done = match outcome {
            Outcome::Quiet => None,
            Outcome::Drafted(issue_on) => {
                let drafted =
                    InvoiceDrafted { account: name.clone(), drafted_on: issued_on, issue_on };
                together.fact(Some(Fact::InvoiceDrafted(drafted)));
                next = timer_of(&account, issue_on)?;
                Some(Happened::InvoiceDrafted(name.clone(), issue_on, due_at))
            }
            Outcome::Held => Some(Happened::DraftHeld(name.clone(), due_at)),
            Outcome::Invoices(planned) => {
                let numbers = together.issue(tx, *planned, &parkings, recorded_at)?;
                let issued = |number| Happened::InvoiceIssued(number, name.clone(), due_at);
                happened.extend(numbers.into_iter().map(issued));
                None
            }
            Outcome::Nothing => {
                together.fact(parkings.release(issued_on, None).map(Fact::AccountReleased));
                Some(Happened::NothingToBill(name.clone(), due_at))
            }
            Outcome::Parked(reason) => {
                let parked = parkings.park(&name, issued_on, &reason);
                together.fact(parked.map(Fact::AccountParked));
                Some(Happened::AccountParked(name.clone(), reason, due_at))
            }
        };
        happened.extend(done);
        together.timer(next);
        tell(Step::Settled(&name));
    }
    together.save(tx, recorded_at)?;
    Ok(happened)
}
