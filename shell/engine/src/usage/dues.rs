//! What invoices knew: whether one has an event, and when the next one can.
//!
//! An invoice has an accepted event when the event had arrived by then, its bill period had ended,
//! and the facts of that time gave it to a unit of the account. A shipment that was imported after
//! the invoice makes an old event wait for the next one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use facts::usage::{Fate, Point, Series, Track};
use facts::{AccountId, AccountRegistered, InvoiceIssued, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::calendar::DateOutOfRange;
use kernel::{BillCalendar, Period};
use metering::Possession;
use store::{Tx, UnitState};

use crate::Result;
use crate::billing::{Bills, cannot_bill};
use crate::contracts::{self, Contracts};
use crate::holds;
use crate::lives::Records;

/// What of an event decides which invoice has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    pub subject: &'a str,
    pub track: &'a Track,
    pub happened_at: Timestamp,
    pub known_on: Date,
    pub segment: i64,
}

impl<'a> Told<'a> {
    /// A point of a series.
    pub fn of(series: &'a Series, point: &Point) -> Self {
        Self {
            subject: &series.subject,
            track: &series.track,
            happened_at: point.happened_at,
            known_on: point.known_on,
            segment: point.segment,
        }
    }
}

/// What one invoice knew about usage.
pub(super) struct Knowledge {
    /// Its day: what arrived on an earlier one is known.
    issued_on: Date,
    /// What happened before is of a period that had ended.
    closed_at: Timestamp,
    /// The last segment that was received by then.
    last_segment: i64,
    /// The units of the account.
    units: BTreeSet<UnitId>,
    /// Who of them held which device, by the facts of that time.
    possessions: HashMap<String, Vec<Possession>>,
}

impl Knowledge {
    /// What the invoice at a position of the log of facts knew.
    pub fn of(
        tx: &mut dyn Tx,
        account: &AccountRegistered,
        (sequence, invoice): (i64, &InvoiceIssued),
        received: &[i64],
    ) -> Result<Self> {
        let issued_on = invoice.issued_on;
        let refuse = |no: &dyn ToString| cannot_bill(&account.account, issued_on, no);
        let running = account.bill_cycle.period_of(issued_on).map_err(|no| refuse(&no))?;
        let closed_on = invoice.threshold.map_or(running.from(), |_| issued_on);
        let closed_at = account.zone.start_of(closed_on).map_err(|no| refuse(&no))?;
        let segments = received.partition_point(|it| *it < sequence);
        let units = tx.units_of_account(&account.account)?;
        Ok(Self {
            issued_on,
            closed_at,
            last_segment: i64::try_from(segments).unwrap_or(i64::MAX),
            possessions: possessions_then(tx, account, &units, sequence)?,
            units: units.into_iter().map(|it| it.unit).collect(),
        })
    }

    /// Whether the event had arrived by then, and was what it is.
    pub fn had_arrived(&self, told: Told<'_>) -> bool {
        told.known_on < self.issued_on && told.segment <= self.last_segment
    }

    /// Whether the invoice has the event.
    pub fn includes(&self, told: Told<'_>) -> bool {
        if !self.had_arrived(told) || told.happened_at >= self.closed_at {
            return false;
        }
        let possessions = self.possessions.get(told.subject).map(Vec::as_slice);
        match metering::attribute(told.happened_at, told.track, possessions) {
            Fate::Accepted(unit) => self.units.contains(&unit),
            Fate::Free(_) | Fate::Shadow(_) | Fate::Quarantined(_) => false,
        }
    }
}

/// Who held which device by the facts up to a position of the log.
fn possessions_then(
    tx: &mut dyn Tx,
    account: &AccountRegistered,
    units: &[UnitState],
    sequence: i64,
) -> Result<HashMap<String, Vec<Possession>>> {
    let mut contracts = Contracts::default();
    contracts.load(tx, units)?;
    let facts = tx.unit_facts_of_account(&account.account)?;
    let mut records = Records::of(facts, sequence);
    records.complete(tx, &mut contracts, units)?;
    let mut possessions: HashMap<String, Vec<Possession>> = HashMap::new();
    for unit in units {
        let contract = contracts.of(unit)?;
        let known = records.timeline(&contracts, unit, &account.zone, None)?;
        let priced = Arc::new(contract.priced_meters(&account.zone)?);
        let free = holds::instants(&known.held, &account.zone);
        for held in known.holdings {
            possessions.entry(held.serial.to_string()).or_default().push(Possession {
                unit: unit.unit.clone(),
                from: held.from,
                until: held.until,
                service_from: known.start.as_ref().map(|start| start.start_at),
                priced: Arc::clone(&priced),
                held: Arc::clone(&free),
            });
        }
    }
    Ok(possessions)
}

/// The last invoices of accounts, loaded as units ask for them.
#[derive(Default)]
pub(super) struct Dues {
    accounts: HashMap<UnitId, AccountId>,
    last: HashMap<AccountId, Option<Knowledge>>,
    received: Option<Vec<i64>>,
}

impl Dues {
    /// Loads what a unit needs.
    pub fn load(&mut self, tx: &mut dyn Tx, unit: &UnitId) -> Result<()> {
        if self.accounts.contains_key(unit) {
            return Ok(());
        }
        let account = contracts::unit(tx, unit)?.account;
        if !self.last.contains_key(&account) {
            let received = match self.received.take() {
                Some(received) => received,
                None => received(tx)?,
            };
            let registered = contracts::account(tx, &account)?;
            let last = invoices(tx, &account)?.pop();
            let last = last.map(|(sequence, invoice)| {
                Knowledge::of(tx, &registered, (sequence, &invoice), &received)
            });
            self.last.insert(account.clone(), last.transpose()?);
            self.received = Some(received);
        }
        self.accounts.insert(unit.clone(), account);
        Ok(())
    }

    /// The account of a unit that was loaded.
    pub fn account_of(&self, unit: &UnitId) -> Option<&AccountId> {
        self.accounts.get(unit)
    }

    /// Whether the last invoice of the account of a unit has an accepted event.
    pub fn is_billed(&self, unit: &UnitId, told: Told<'_>) -> bool {
        let last = self.accounts.get(unit).and_then(|account| self.last.get(account)?.as_ref());
        last.is_some_and(|last| last.includes(told))
    }
}

/// Where in the log of facts each segment was received or replayed, in the order of the segments.
pub(super) fn received(tx: &mut dyn Tx) -> Result<Vec<i64>> {
    let mut facts = tx.facts_of_kind("UsageReceived")?;
    facts.extend(tx.facts_of_kind("UsageReplayed")?);
    let mut sequences: Vec<i64> = facts.into_iter().map(|it| it.sequence).collect();
    sequences.sort_unstable();
    Ok(sequences)
}

/// What invoices bill of an account, with their positions in the log of facts, in their order.
pub(super) fn invoices(
    tx: &mut dyn Tx,
    account: &AccountId,
) -> Result<Vec<(i64, Box<InvoiceIssued>)>> {
    let bills = Bills::load(tx, account)?.bills;
    Ok(bills.into_iter().map(|it| (it.sequence, Box::new(it.part))).collect())
}

/// The first bill day on which an invoice can have an event that none has yet.
///
/// # Errors
/// [`DateOutOfRange`].
pub(super) fn due_on(
    cycle: &BillCalendar,
    period: Period,
    known_on: Date,
    last_issued_on: Option<Date>,
) -> std::result::Result<Date, DateOutOfRange> {
    let passed = last_issued_on.map_or(known_on, |last| last.max(known_on));
    if period.to() > passed { Ok(period.to()) } else { cycle.next_after(passed) }
}
