//! Bill runs: the accounts whose bill day has come. Invoices are planned and checked by as many
//! threads as the machine has, and written some at once, each with its entries and next bill day.
//! An account that cannot be billed is parked; the others are billed. What is written is durable
//! together, so that a run that dies goes on where it stopped, and a second run finds nothing.

use facts::{AccountId, AccountRegistered, Fact};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Store, Timer, TimerKind, Tx};

use super::plan::{self, Planned, Shared};
use super::{parked, reason_of, schedule, write};
use crate::clock::Happened;
use crate::{EngineError, Result, contracts, readers};

/// Most accounts whose invoices are written in one unit of work.
const AT_ONCE_MAX: u32 = 256;

/// The facts that [`Shared`] is loaded from.
const PUBLISHED: [&str; 4] =
    ["SellerPublished", "MeterPublished", "FulfilmentSpecPublished", "OfferPublished"];

/// What a bill run tells while it works, for who shows progress or tries what a crash does.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Invoices are planned and checked; nothing is written.
    Planned(usize),
    /// The day of an account is written, but not yet durable.
    Written(&'a AccountId),
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

/// A run, and what it need not load again.
#[derive(Default)]
pub(crate) struct BillRun {
    shared: Option<(i64, Shared)>,
}

/// An account, and what its bill day comes to.
struct Day {
    account: AccountRegistered,
    issued_on: Date,
    outcome: Outcome,
}

enum Outcome {
    Invoice(Box<Planned>),
    Nothing,
    /// Why not.
    Parked(String),
}

impl BillRun {
    /// Bills some of the accounts whose bill day begins at the instant of a timer, from it on.
    pub fn issue_due(
        &mut self,
        store: &mut dyn Store,
        first: &Timer,
        now: Timestamp,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<Vec<Happened>> {
        let (due, fence) = {
            let mut tx = store.read()?;
            (tx.timers_together(first, AT_ONCE_MAX)?, tx.last_of_kinds(&fenced())?)
        };
        let shared = self.shared(store)?;
        let days = readers::look_at(store, &due, || shared.clone(), of_timer)?;
        tell(Step::Planned(days.len()));
        match write_days(store, (&due, days), fence, now, tell) {
            // One of them cannot be written: then each by itself, so that only that one waits.
            Err(EngineError::Refused(_)) => self.one_by_one(store, &due, now, tell),
            written => written,
        }
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
            let fence = store.read()?.last_of_kinds(&fenced())?;
            let mut shared = self.shared(store)?;
            let day = of_timer(store.read()?.as_mut(), &mut shared, timer)?;
            let Day { account, issued_on, .. } = &day;
            let (account, issued_on) = (account.clone(), *issued_on);
            let written = match write_days(store, (one, vec![day]), fence, now, tell) {
                Err(EngineError::Refused(why)) => {
                    let outcome = Outcome::Parked(reason_of(&why));
                    let day = Day { account, issued_on, outcome };
                    write_days(store, (one, vec![day]), fence, now, tell)
                }
                written => written,
            };
            all.extend(written?);
        }
        Ok(all)
    }
}

/// The facts that an invoice can depend on, but for usage, which counts by its day of arrival, and
/// for what the runs themselves record: of one account, only one run has the timer.
fn fenced() -> Vec<&'static str> {
    const APART: [&str; 7] = [
        "UsageReceived",
        "UsageReplayed",
        "UsageAmended",
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
    let outcome = match plan::plan(tx, shared, &account.account, issued_on) {
        Ok(Some(planned)) => Outcome::Invoice(Box::new(planned)),
        Ok(None) => Outcome::Nothing,
        Err(EngineError::Store(failed)) => return Err(failed.into()),
        Err(EngineError::Refused(why)) => Outcome::Parked(reason_of(&why)),
    };
    Ok(Day { account, issued_on, outcome })
}

/// Writes what bill days came to. What others did meanwhile is left out; when they recorded
/// something that an invoice can depend on, it is planned again.
fn write_days(
    store: &mut dyn Store,
    (due, days): (&[Timer], Vec<Day>),
    fence: i64,
    now: Timestamp,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<Vec<Happened>> {
    let mut tx = store.begin()?;
    let Some(first) = due.first() else { return Ok(Vec::new()) };
    let still_due = tx.timers_together(first, AT_ONCE_MAX)?;
    if still_due.is_empty() {
        return Ok(Vec::new());
    }
    let is_virtual = tx.clock()?.is_some();
    let recorded_at = if is_virtual { first.due_at } else { now };
    if is_virtual {
        tx.set_clock(first.due_at)?;
    }
    let mut again = match tx.last_of_kinds(&fenced())? == fence {
        true => None,
        false => Some(Shared::load(tx.as_mut())?),
    };
    let mut happened = Vec::new();
    for (timer, mut day) in due.iter().zip(days) {
        if still_due.binary_search_by(|it| it.subject.cmp(&timer.subject)).is_err() {
            continue;
        }
        if let Some(shared) = &mut again {
            day = of_timer(tx.as_mut(), shared, timer)?;
        }
        let name = day.account.account.clone();
        happened.push(write_day(tx.as_mut(), day, timer.due_at, recorded_at)?);
        tell(Step::Written(&name));
    }
    tell(Step::Complete);
    tx.commit()?;
    happened.iter().for_each(|it| tell(Step::Happened(it)));
    Ok(happened)
}

fn write_day(
    tx: &mut dyn Tx,
    day: Day,
    due_at: Timestamp,
    recorded_at: Timestamp,
) -> Result<Happened> {
    let Day { account, issued_on, outcome } = day;
    let name = account.account.clone();
    let happened = match outcome {
        Outcome::Invoice(planned) => {
            let number = write(tx, *planned, recorded_at)?.number;
            Happened::InvoiceIssued(number, name, due_at)
        }
        Outcome::Nothing => {
            parked::release_in(tx, &name, issued_on, None, recorded_at)?;
            Happened::NothingToBill(name, due_at)
        }
        Outcome::Parked(reason) => {
            parked::park(tx, &name, issued_on, &reason, recorded_at)?;
            Happened::AccountParked(name, reason, due_at)
        }
    };
    schedule(tx, &account, due_at)?;
    Ok(happened)
}
