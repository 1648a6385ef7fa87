//! Customers and contracts that another system billed so far: what is due before the day until
//! which they paid there is neither billed here nor given back.

use std::collections::{BTreeMap, BTreeSet};

use ::orders::{AdoptBalance, AdoptUnit, KnownUnit, adopt_balance, adopt_unit};
use facts::billed::Billed;
use facts::device::PartDue;
use facts::offer::ChargeRule;
use facts::unit::Timeline;
use facts::{AccountId, BalanceAdopted, DeviceSignalled, Fact, UnitAdopted, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use kernel::calendar::add_months;
use store::{Store, Tx, UnitState};

use crate::billing::Bills;
use crate::contracts::{self, Contract};
use crate::{EngineError, Imported, Refusal, Result, catalog};

/// Records until when units were billed elsewhere. All of them, or none.
///
/// # Errors
/// [`EngineError::Refused`] with every reason.
pub fn units(store: &mut dyn Store, asked: &[AdoptUnit], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let tx_mut = tx.as_mut();
    let mut imported = Imported::default();
    let mut refusals = Vec::new();
    for (command, it) in asked.iter().enumerate() {
        let state = tx_mut.unit(&it.unit)?;
        let before = adopted(tx_mut, &it.unit)?;
        let starts_on = match &state {
            Some(state) => starts_on(tx_mut, state)?,
            None => None,
        };
        let is_billed = match (&state, &before) {
            (Some(state), None) => is_billed(tx_mut, state)?,
            _ => false,
        };
        let known = KnownUnit {
            order_line: state.as_ref().map(|it| &it.order_line),
            account: state.as_ref().map(|it| &it.account),
            starts_on,
            is_billed,
            before: before.as_ref(),
        };
        match adopt_unit(it, known) {
            Ok(Some(adopted)) => {
                tx_mut.record(&Fact::UnitAdopted(adopted), now)?;
                imported.new += 1;
            }
            Ok(None) => imported.unchanged += 1,
            Err(no) => refusals.push(Refusal::of(command, no)),
        }
    }
    if !refusals.is_empty() {
        return Err(EngineError::Refused(refusals));
    }
    tx.commit()?;
    Ok(imported)
}

fn starts_on(tx: &mut dyn Tx, unit: &UnitState) -> Result<Option<Date>> {
    let zone = contracts::account(tx, &unit.account)?.zone;
    Ok(unit.start.as_ref().map(|start| zone.day_of(start.start_at)))
}

fn is_billed(tx: &mut dyn Tx, unit: &UnitState) -> Result<bool> {
    let invoices = Bills::load(tx, &unit.account)?.issued();
    let mut charges = invoices.iter().flat_map(|it| &it.lines).map(|line| &line.charge);
    Ok(charges.any(|charge| charge.units.contains(&unit.unit)))
}

/// Posts what customers owed elsewhere. All of it, or nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every reason.
pub fn balances(store: &mut dyn Store, asked: &[AdoptBalance], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let accounts = catalog::load(tx.as_mut())?.accounts;
    let mut imported = Imported::default();
    let mut refusals = Vec::new();
    for (command, it) in asked.iter().enumerate() {
        let account = accounts.iter().find(|of| of.account == it.account);
        let before = tx.fact("BalanceAdopted", it.balance.as_str())?;
        let before = before.and_then(|it| balance_of(it.fact));
        let today = account.map_or(Date::MIN, |it| it.zone.day_of(now));
        match adopt_balance(it, account, before.as_ref(), today) {
            Ok(Some(balance)) => {
                save(tx.as_mut(), balance, now)?;
                imported.new += 1;
            }
            Ok(None) => imported.unchanged += 1,
            Err(no) => refusals.push(Refusal::of(command, no)),
        }
    }
    if !refusals.is_empty() {
        return Err(EngineError::Refused(refusals));
    }
    tx.commit()?;
    Ok(imported)
}

fn save(tx: &mut dyn Tx, balance: BalanceAdopted, now: Timestamp) -> Result<()> {
    let entries = ledger::post_balance(&balance);
    tx.record(&Fact::BalanceAdopted(balance), now)?;
    for entry in entries.map_err(|no| contracts::missing(no.to_string()))? {
        tx.save_entry(&entry)?;
        tx.record(&Fact::EntryPosted(entry), now)?;
    }
    Ok(())
}

fn balance_of(fact: Fact) -> Option<BalanceAdopted> {
    if let Fact::BalanceAdopted(it) = fact { Some(it) } else { None }
}

fn adopted(tx: &mut dyn Tx, unit: &UnitId) -> Result<Option<UnitAdopted>> {
    let fact = tx.fact("UnitAdopted", unit.as_str())?;
    Ok(fact.and_then(|it| adopted_of(it.fact)))
}

/// The signals that bring adopted units into service on their day: of every type that a device can
/// be activated with.
///
/// # Errors
/// [`EngineError::Store`].
pub fn activations(store: &mut dyn Store, asked: &[AdoptUnit]) -> Result<Vec<DeviceSignalled>> {
    let mut tx = store.read()?;
    let specs = catalog::load(tx.as_mut())?.fulfilment_specs;
    let types: BTreeSet<String> = specs.into_iter().filter_map(|it| it.activation_signal).collect();
    let mut signals = Vec::new();
    for it in asked {
        let at = instant(tx.as_mut(), it)?;
        for event_type in &types {
            let name = |_| contracts::missing(format!("a name for a signal of `{}`", it.unit));
            signals.push(DeviceSignalled {
                source: "urn:tabouret:adoption".parse().map_err(name)?,
                id: format!("{event_type} {}", it.unit).parse().map_err(name)?,
                event_type: event_type.clone(),
                serial: it.serial.clone(),
                signalled_at: at,
            });
        }
    }
    Ok(signals)
}

/// When an adopted unit came into service: 00:00 of its day, in the zone of its account.
///
/// # Errors
/// [`EngineError::Store`].
pub fn started_at(store: &mut dyn Store, it: &AdoptUnit) -> Result<Timestamp> {
    instant(store.read()?.as_mut(), it)
}

fn instant(tx: &mut dyn Tx, it: &AdoptUnit) -> Result<Timestamp> {
    let zone = match tx.unit(&it.unit)? {
        Some(unit) => contracts::account(tx, &unit.account)?.zone,
        None => Zone::utc(),
    };
    zone.start_of(it.in_service_from)
        .map_err(|_| contracts::missing(format!("the day {}", it.in_service_from)))
}

/// Takes what was billed elsewhere as billed and settled: neither due nor to be given back.
pub(crate) fn seed(
    billed: &mut Billed,
    adopted: &UnitAdopted,
    (unit, contract): (&UnitState, Contract<'_>),
    (timeline, zone): (&Timeline, &Zone),
) {
    let delivered_on = timeline.delivered_at.map(|at| zone.day_of(at));
    let taken = |code| contract.line.components.contains_key(code);
    for component in contract.offer.components.iter().filter(|it| taken(&it.code)) {
        let key = (component.code.clone(), unit.unit.clone());
        match &component.charge {
            ChargeRule::OnceDelivered { .. } => {
                billed.devices.insert(key.clone());
                billed.devices_credited.insert(key);
            }
            ChargeRule::Instalments { count, deposit, .. } => {
                for number in u16::from(deposit.is_none())..=*count {
                    let months = i32::from(number.max(1)) - 1;
                    let due_on = delivered_on.and_then(|day| add_months(day, months).ok());
                    if due_on.is_some_and(|due_on| due_on < adopted.paid_until) {
                        let part = (key.0.clone(), key.1.clone(), number);
                        billed.instalments.insert(part.clone());
                        billed.instalments_credited.insert(part);
                    }
                }
            }
            ChargeRule::Milestones { parts, .. } => {
                let ordered_on = contract.order.ordered_on;
                for (number, part) in (1..).zip(parts) {
                    let due_on = match part.due {
                        PartDue::Ordered => Some(ordered_on),
                        PartDue::On(day) => Some(day.max(ordered_on)),
                        PartDue::At(at) => timeline.reached(at).map(|at| zone.day_of(at)),
                    };
                    if due_on.is_some_and(|due_on| due_on < adopted.paid_until) {
                        let part = (key.0.clone(), key.1.clone(), number);
                        billed.instalments.insert(part.clone());
                        billed.instalments_credited.insert(part);
                    }
                }
            }
            ChargeRule::OncePerOrder { .. } => {
                billed.order_fees.insert((component.code.clone(), unit.order.clone()));
            }
            ChargeRule::StateChanged { .. } => {
                let days = days_elsewhere(adopted, timeline, zone);
                billed.state_changes_settled.entry(key).or_default().extend(days);
            }
            ChargeRule::Recurring { .. } => {
                let days = days_elsewhere(adopted, timeline, zone);
                billed.service_days.entry(key.clone()).or_default().extend(&days);
                billed.service_days_settled.entry(key).or_default().extend(days);
            }
            ChargeRule::Usage { .. }
            | ChargeRule::OnceLost { .. }
            | ChargeRule::OnceNotReturned { .. } => {}
        }
    }
}

/// The days of an adopted unit that were billed elsewhere, whatever state it was in.
fn days_elsewhere(adopted: &UnitAdopted, timeline: &Timeline, zone: &Zone) -> BTreeSet<Date> {
    let stored_on = timeline.stored_from.map(|at| zone.day_of(at));
    let first = stored_on.into_iter().chain([adopted.in_service_from]).min();
    let days = std::iter::successors(first, |day| day.tomorrow().ok());
    days.take_while(|day| *day < adopted.paid_until).collect()
}

/// The units of an account that were billed elsewhere.
pub(crate) fn of_account(
    tx: &mut dyn Tx,
    account: &AccountId,
) -> Result<BTreeMap<UnitId, UnitAdopted>> {
    let facts = tx.facts_about("UnitAdopted", account.as_str())?;
    let adopted = facts.into_iter().filter_map(|it| adopted_of(it.fact));
    Ok(adopted.map(|it| (it.unit.clone(), it)).collect())
}

fn adopted_of(fact: Fact) -> Option<UnitAdopted> {
    if let Fact::UnitAdopted(it) = fact { Some(it) } else { None }
}
