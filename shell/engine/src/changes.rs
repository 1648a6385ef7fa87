//! What operators amend.

use std::collections::{BTreeMap, BTreeSet};

use ::fulfilment::{Amended, ChangeUnit, Effective, Receipt, Rejection, amend, check_together};
use facts::order::Moment;
use facts::unit::ChangeAction;
use facts::{AccountRegistered, Fact, UnitChanged, UnitId};
use jiff::Timestamp;
use kernel::Zone;
use kernel::calendar::{DateOutOfRange, add_days};
use store::{Store, Tx, UnitState};

use crate::contracts::{self, Contract, Contracts};
use crate::lives::Records;
use crate::{EngineError, Imported, Refusal, Result, holds, settle};

/// Records amendments of units: all of them, or none.
///
/// # Errors
/// [`EngineError::Refused`] with every reason.
pub fn record(store: &mut dyn Store, commands: &[ChangeUnit], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let imported = record_all(tx.as_mut(), commands, now)?;
    tx.commit()?;
    Ok(imported)
}

/// Records amendments in a unit of work that the caller commits, or drops.
pub(crate) fn record_all(
    tx: &mut dyn Tx,
    commands: &[ChangeUnit],
    now: Timestamp,
) -> Result<Imported> {
    let mut desk = Desk::default();
    let mut imported = Imported::default();
    for (command, change) in commands.iter().enumerate() {
        match desk.receive(tx, change)? {
            Ok(Receipt::New(it)) => {
                tx.record(&Fact::UnitChanged(it.clone()), now)?;
                desk.new.push((command, it));
                imported.new += 1;
            }
            Ok(Receipt::Unchanged) => imported.unchanged += 1,
            Err(no) => desk.refusals.push(Refusal { command: Some(command), ..no }),
        }
    }
    desk.check(tx, now)?;
    if !desk.refusals.is_empty() {
        return Err(EngineError::Refused(desk.refusals));
    }
    let units: BTreeSet<UnitId> = desk.new.into_iter().map(|(_, it)| it.unit).collect();
    settle::units(tx, &units.into_iter().collect::<Vec<_>>(), now)?;
    Ok(imported)
}

/// The amendments of one request, and why some cannot be.
#[derive(Default)]
struct Desk {
    contracts: Contracts,
    new: Vec<(usize, UnitChanged)>,
    refusals: Vec<Refusal>,
}

impl Desk {
    fn receive(
        &mut self,
        tx: &mut dyn Tx,
        change: &ChangeUnit,
    ) -> Result<std::result::Result<Receipt<UnitChanged>, Refusal>> {
        let Some(unit) = tx.unit(&change.unit)? else {
            let no = Rejection::UnitNeverOrdered { unit: change.unit.clone() };
            return Ok(Err(Refusal::of(0, no)));
        };
        self.contracts.load(tx, [&unit])?;
        let contract = self.contracts.of(&unit)?;
        let account = contracts::account(tx, &unit.account)?;
        let key = format!("{} {}", change.change, change.unit);
        let before = tx.fact("UnitChanged", &key)?.and_then(|it| match it.fact {
            Fact::UnitChanged(before) => Some(before),
            _ => None,
        });
        let at = match change.effective {
            // What was asked by its name became an instant when it was recorded.
            Effective::Named(moment) if before.is_none() => {
                match moment_of(moment, change, contract, &account) {
                    Ok(at) => at,
                    Err(no) => return Ok(Err(no)),
                }
            }
            _ => None,
        };
        let beyond = |_: DateOutOfRange| contracts::missing(format!("days of `{}`", unit.unit));
        let taken_over = tx.fact("UnitTakenOver", unit.unit.as_str())?.map(|it| it.fact);
        let unit = Amended {
            offer: contract.offer,
            from: account.zone.start_of(contract.first_day()).map_err(beyond)?,
            taken_over: match &taken_over {
                Some(Fact::UnitTakenOver(it)) => Some(it),
                _ => None,
            },
            ends_at: contract.ends_at(&account.zone),
            before: before.as_ref(),
        };
        Ok(amend(change, at, unit).map_err(|no| Refusal::of(0, no)))
    }

    /// Refuses the new ones of units that somebody holds. What happened to the device is taken all
    /// the same: it is back or gone, or another one is in its place, whoever holds the contract.
    fn check_holds(&mut self, records: &Records, state: &UnitState, zone: &Zone) {
        let (holds, units) = records.holds_of(state);
        let place = holds::place_of(&state.order_line, &units);
        let is_agreed = |it: &UnitChanged| {
            let has_happened = matches!(
                it.action,
                ChangeAction::Return | ChangeAction::Swap(_) | ChangeAction::Lost(_)
            );
            !has_happened && it.unit == state.unit
        };
        for (command, it) in self.new.iter().filter(|(_, it)| is_agreed(it)) {
            let days = [it.recorded_at, it.effective_at].map(|at| zone.day_of(at));
            if let Err(no) = holds::may_change(&holds, (&state.unit, place), days) {
                self.refusals.push(Refusal::of(*command, no));
            }
        }
    }

    /// Refuses that a device comes back that was never with the customer, as far as is known: what
    /// it used says so too, even today.
    fn check_returns(
        &mut self,
        tx: &mut dyn Tx,
        (records, state): (&mut Records, &UnitState),
        (zone, now): (&Zone, Timestamp),
    ) -> Result<()> {
        let is_return =
            |it: &UnitChanged| it.action == ChangeAction::Return && it.unit == state.unit;
        for (command, it) in self.new.iter().filter(|(_, it)| is_return(it)) {
            let beyond = |_: DateOutOfRange| contracts::missing(format!("the day after {now}"));
            let tomorrow = add_days(zone.day_of(now), 1).and_then(|day| zone.start_of(day));
            let known = (zone, tomorrow.map_err(beyond)?, now);
            records.news_of_usage(tx, (&self.contracts, state), known)?;
            let life = records.timeline(&self.contracts, state, zone, None)?;
            let started_at = life.start.map(|start| start.start_at);
            let since = [life.delivered_at, life.test_from, started_at];
            let was_there = since.into_iter().flatten().min();
            if was_there.is_none_or(|since| it.effective_at < since) {
                let (unit, effective_at) = (it.unit.clone(), it.effective_at);
                let no = Rejection::ReturnedTooEarly { unit, effective_at };
                self.refusals.push(Refusal::of(*command, no));
            }
        }
        Ok(())
    }

    /// Refuses what counts after a unit was cancelled because nothing started it in time.
    fn check_deadline(&mut self, records: &Records, state: &UnitState, zone: &Zone) -> Result<()> {
        let follows = |it: &UnitChanged| it.action != ChangeAction::Return && it.unit == state.unit;
        for (command, it) in self.new.iter().filter(|(_, it)| follows(it)) {
            let lapsed_at = records.timeline(&self.contracts, state, zone, None)?.lapsed_at();
            if let Some(ended_at) = lapsed_at.filter(|at| *at <= it.effective_at) {
                let no = Rejection::UnitEnded { unit: it.unit.clone(), ended_at };
                self.refusals.push(Refusal::of(*command, no));
            }
        }
        Ok(())
    }

    /// Looks at the new ones together with what is recorded about their devices.
    fn check(&mut self, tx: &mut dyn Tx, now: Timestamp) -> Result<()> {
        let mut checked = BTreeSet::new();
        let commands: BTreeMap<String, usize> =
            self.new.iter().map(|(command, it)| (key_of(it), *command)).collect();
        let units: BTreeSet<UnitId> = self.new.iter().map(|(_, it)| it.unit.clone()).collect();
        for unit in &units {
            if checked.contains(unit) {
                continue;
            }
            let state: UnitState = contracts::unit(tx, unit)?;
            let mut records = Records::load(tx, &mut self.contracts, &state)?;
            for of_device in records.units_of(&state) {
                let zone = contracts::account(tx, &of_device.account)?.zone;
                self.check_holds(&records, &of_device, &zone);
                self.check_returns(tx, (&mut records, &of_device), (&zone, now))?;
                self.check_deadline(&records, &of_device, &zone)?;
                checked.insert(of_device.unit);
            }
            let changes = records.changes(unit);
            let all: Vec<&UnitChanged> = changes.iter().collect();
            let is_new = |it: &UnitChanged| commands.contains_key(&key_of(it));
            for (change, no) in check_together(&all, is_new) {
                let command = commands.get(&key_of(change)).copied();
                self.refusals.push(Refusal { command, ..Refusal::of(0, no) });
            }
        }
        Ok(())
    }
}

fn key_of(change: &UnitChanged) -> String {
    format!("{} {}", change.change, change.unit)
}

/// The instant of a moment that is asked for; none: the contract has no such moment.
fn moment_of(
    moment: Moment,
    change: &ChangeUnit,
    contract: Contract<'_>,
    account: &AccountRegistered,
) -> std::result::Result<Option<Timestamp>, Refusal> {
    let today = account.zone.day_of(change.recorded_at);
    let day = match moment {
        Moment::Now => return Ok(Some(change.recorded_at)),
        Moment::EndOfPeriod => account.bill_cycle.period_of(today).ok().map(kernel::Period::to),
        Moment::EndOfTerm => {
            let (line, term) = (&contract.line.line, contract.line.term.as_ref());
            let end = ::orders::term::end_of_term(line, term, today);
            Some(end.map_err(|no| Refusal::of(0, no))?)
        }
    };
    Ok(day.and_then(|day| account.zone.start_of(day).ok()))
}
