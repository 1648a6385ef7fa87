//! Orders: all of an import, or nothing of it.

mod customers;
mod earlier;

use std::collections::BTreeMap;

use ::orders::{Market, PlaceOrder, Rejection};
use facts::{AccountRegistered, Fact, OrderAccepted, UnitId};
use jiff::Timestamp;
use store::{Store, Tx, UnitState};

use customers::Customers;

use crate::contracts::Contracts;
use crate::lives::Records;
use crate::{
    EngineError, HoldRejection, Imported, Refusal, Result, contract_terms, contracts, holds, settle,
};

/// Accepts orders. An order that is known to the letter changes nothing.
///
/// # Errors
/// [`EngineError::Refused`] with every reason of every order; none is accepted then.
pub fn import(store: &mut dyn Store, commands: &[PlaceOrder], now: Timestamp) -> Result<Imported> {
    let mut tx = store.begin()?;
    let imported = accept_all(tx.as_mut(), commands, now)?;
    tx.commit()?;
    Ok(imported)
}

/// Accepts orders in a unit of work that the caller commits, or drops.
pub(crate) fn accept_all(
    tx: &mut dyn Tx,
    commands: &[PlaceOrder],
    now: Timestamp,
) -> Result<Imported> {
    let offers = contracts::offers(tx)?;
    let mut customers = Customers::default();
    let mut imported = Imported::default();
    let mut refusals = Vec::new();
    let mut units = Vec::new();
    for (command, place) in commands.iter().enumerate() {
        let taken = taken_by_others(tx, place)?;
        let earlier = earlier::named(tx, place)?;
        let accounts = customers.named(tx, &place.customer)?;
        let market = Market { offers: &offers, accounts, taken: &taken, earlier: &earlier };
        let refuse = |no| refusal(command, no);
        match ::orders::accept(place, market) {
            Err(reasons) => refusals.extend(reasons.into_iter().map(refuse)),
            Ok(order) => match save(tx, &order, accounts, now)? {
                Saved::New => {
                    imported.new += 1;
                    let ordered = order.lines.into_iter().flat_map(|it| it.units);
                    units.extend(ordered.map(|it| it.unit));
                }
                Saved::Unchanged => imported.unchanged += 1,
                Saved::Conflict(no) => refusals.push(refuse(no)),
                Saved::Held(no) => refusals.push(Refusal::of(command, no)),
            },
        }
    }
    if !refusals.is_empty() {
        return Err(EngineError::Refused(refusals));
    }
    settle::units(tx, &units, now)?;
    Ok(imported)
}

/// Why an order is refused. What is wrong with a price of its own is said as of any price.
fn refusal(command: usize, no: Rejection) -> Refusal {
    match no {
        Rejection::OwnPrice { line, component, fault } => Refusal {
            place: Some(format!("lines[{line}].prices[{component}]")),
            ..Refusal::of(command, *fault)
        },
        other => Refusal::of(command, other),
    }
}

enum Saved {
    New,
    Unchanged,
    Conflict(Rejection),
    /// Somebody holds what it would change.
    Held(HoldRejection),
}

fn save(
    tx: &mut dyn Tx,
    order: &OrderAccepted,
    accounts: &[AccountRegistered],
    now: Timestamp,
) -> Result<Saved> {
    if let Some(before) = contracts::order(tx, &order.order)? {
        let conflict = Rejection::Conflict { order: order.order.clone() };
        return Ok(if before == *order { Saved::Unchanged } else { Saved::Conflict(conflict) });
    }
    for line in &order.lines {
        if !tx.units_of_line(&line.line)?.is_empty() {
            return Ok(Saved::Conflict(Rejection::LineTaken { line: line.line.clone() }));
        }
    }
    let successors = order.lines.iter().filter(|line| line.takes_over.is_some());
    for ordered in successors.flat_map(|line| &line.units) {
        if let Some(UnitState { unit, order_line: line, .. }) = tx.unit(&ordered.unit)? {
            return Ok(Saved::Conflict(Rejection::UnitTaken { unit, line }));
        }
    }
    if let Some(no) = held(tx, order)? {
        return Ok(Saved::Held(no));
    }
    tx.record(&Fact::OrderAccepted(order.clone()), now)?;
    save_units(tx, order)?;
    let account = accounts.iter().find(|it| it.account == order.account);
    let account = account.ok_or_else(|| contracts::unknown_account(&order.account))?;
    let taken_over = ::orders::taken_over(order, account);
    let beyond = |_| contracts::missing(format!("the days of order `{}`", order.order));
    for it in taken_over.map_err(beyond)? {
        tx.record(&Fact::UnitTakenOver(it), now)?;
    }
    for line in &order.lines {
        // What would have been said earlier is not said late.
        let today = account.zone.day_of(now);
        let first = if account.zone.start_of(today).is_ok_and(|start| start < now) {
            today.tomorrow().unwrap_or(today)
        } else {
            today
        };
        contract_terms::schedule(tx, line, first, &account.zone)?;
    }
    Ok(Saved::New)
}

/// Who holds the account of an order, or a unit that it takes over; none: nobody does.
fn held(tx: &mut dyn Tx, order: &OrderAccepted) -> Result<Option<HoldRejection>> {
    if let Err(no) = holds::may_order(tx, &order.account, order.ordered_on)? {
        return Ok(Some(no));
    }
    for line in &order.lines {
        let Some(on) = line.takes_over.as_ref().map(|it| it.on) else { continue };
        for unit in line.units.iter().filter_map(|it| it.after.as_ref()) {
            let state = contracts::unit(tx, unit)?;
            let mut contracts = Contracts::default();
            contracts.load(tx, [&state])?;
            let records = Records::load(tx, &mut contracts, &state)?;
            let (holds, units) = records.holds_of(&state);
            let place = holds::place_of(&state.order_line, &units);
            if let Err(no) = holds::may_change(&holds, (unit, place), [order.ordered_on, on]) {
                return Ok(Some(no));
            }
        }
    }
    Ok(None)
}

fn save_units(tx: &mut dyn Tx, order: &OrderAccepted) -> Result<()> {
    for line in &order.lines {
        for ordered in &line.units {
            let unit = UnitState {
                unit: ordered.unit.clone(),
                account: order.account.clone(),
                order: order.order.clone(),
                order_line: line.line.clone(),
                shipped_at: None,
                delivered_at: None,
                start: None,
            };
            tx.save_unit(&unit, &[])?;
        }
    }
    Ok(())
}

/// The units that the command names and that belong to another order already.
fn taken_by_others(
    tx: &mut dyn Tx,
    place: &PlaceOrder,
) -> Result<BTreeMap<UnitId, facts::OrderLineId>> {
    let mut taken = BTreeMap::new();
    for ordered in place.lines.iter().flat_map(|line| &line.named_units) {
        if let Some(unit) = tx.unit(&ordered.unit)?
            && unit.order != place.order
        {
            taken.insert(unit.unit, unit.order_line);
        }
    }
    Ok(taken)
}
