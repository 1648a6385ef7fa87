//! What the ERP and the device cloud report about units.

use std::collections::BTreeSet;

use ::fulfilment::{
    Receipt, Rejection, ReportShipment, UnitKnowledge, check_shipment, receive_shipment,
    receive_signal,
};
use facts::{DeviceSignalled, Fact, ItemDelivered, ItemShipped, UnitId};
use jiff::Timestamp;
use store::{Store, Tx};

use crate::{EngineError, Imported, Refusal, Result, settle};

/// Imports shipments and deliveries: all of them, or none.
///
/// # Errors
/// [`EngineError::Refused`] with every reason.
pub fn import_shipments(
    store: &mut dyn Store,
    reports: &[ReportShipment],
    now: Timestamp,
) -> Result<Imported> {
    let mut tx = store.begin()?;
    let mut imported = Imported::default();
    let mut refusals = Vec::new();
    let mut units = BTreeSet::new();
    for (command, report) in reports.iter().enumerate() {
        match receive_report(tx.as_mut(), report)? {
            Err(no) => refusals.push(Refusal::of(command, no)),
            Ok(Received { facts, unit_is_known }) => {
                imported.new += usize::from(!facts.is_empty());
                imported.unchanged += usize::from(facts.is_empty());
                imported.waiting += usize::from(!unit_is_known);
                for fact in &facts {
                    tx.record(fact, now)?;
                }
                if unit_is_known {
                    units.insert(report.unit.clone());
                }
            }
        }
    }
    finish(tx, refusals, units, now)?;
    Ok(imported)
}

struct Received {
    facts: Vec<Fact>,
    unit_is_known: bool,
}

fn receive_report(
    tx: &mut dyn Tx,
    report: &ReportShipment,
) -> Result<std::result::Result<Received, Rejection>> {
    let unit = tx.unit(&report.unit)?;
    let line_of_unit = unit.as_ref().map(|it| it.order_line.clone());
    // A line can have a hundred thousand units, and as many shipments.
    let line_is_known = line_of_unit.as_ref() == Some(&report.order_line)
        || !tx.units_of_line(&report.order_line)?.is_empty();
    let known = UnitKnowledge { line_of_unit, line_is_known };
    if let Err(no) = check_shipment(report, &known) {
        return Ok(Err(no));
    }
    let shipped = shipped(tx.fact("ItemShipped", report.shipment.as_str())?.map(|it| it.fact));
    let delivered =
        delivered(tx.fact("ItemDelivered", report.shipment.as_str())?.map(|it| it.fact));
    let of_unit = tx.facts_about("ItemShipped", report.unit.as_str())?;
    let of_unit: Vec<_> = of_unit.into_iter().filter_map(|it| shipped_of(it.fact)).collect();
    Ok(receive_shipment(report, shipped.as_ref(), delivered.as_ref(), &of_unit).map(
        |(shipment, delivery)| {
            let mut facts = Vec::new();
            if let Receipt::New(it) = shipment {
                facts.push(Fact::ItemShipped(it));
            }
            if let Receipt::New(it) = delivery {
                facts.push(Fact::ItemDelivered(it));
            }
            Received { facts, unit_is_known: unit.is_some() }
        },
    ))
}

fn shipped(fact: Option<Fact>) -> Option<ItemShipped> {
    fact.and_then(shipped_of)
}

fn shipped_of(fact: Fact) -> Option<ItemShipped> {
    if let Fact::ItemShipped(it) = fact { Some(it) } else { None }
}

fn delivered(fact: Option<Fact>) -> Option<ItemDelivered> {
    if let Some(Fact::ItemDelivered(it)) = fact { Some(it) } else { None }
}

/// Receives activation signals. A signal stands by itself: one that conflicts with an earlier one
/// is counted and the others are kept.
///
/// # Errors
/// [`EngineError::Store`].
pub fn send_signals(
    store: &mut dyn Store,
    signals: &[DeviceSignalled],
    now: Timestamp,
) -> Result<Imported> {
    let mut tx = store.begin()?;
    let mut imported = Imported::default();
    let mut serials = BTreeSet::new();
    for signal in signals {
        let key = Fact::DeviceSignalled(signal.clone()).key();
        let before = tx.fact("DeviceSignalled", &key)?.and_then(|it| match it.fact {
            Fact::DeviceSignalled(before) => Some(before),
            _ => None,
        });
        match receive_signal(signal, before.as_ref()) {
            Ok(Receipt::New(signal)) => {
                serials.insert(signal.serial.to_string());
                tx.record(&Fact::DeviceSignalled(signal), now)?;
                imported.new += 1;
            }
            Ok(Receipt::Unchanged) => imported.unchanged += 1,
            Err(_) => imported.conflicts += 1,
        }
    }
    let serials: Vec<String> = serials.into_iter().collect();
    let turns = tx.turns_of(&serials)?;
    let held: BTreeSet<&str> = turns.iter().map(|it| it.holding.serial.as_str()).collect();
    imported.waiting = serials.iter().filter(|it| !held.contains(it.as_str())).count();
    let units = turns.iter().map(|it| it.holding.unit.clone()).collect();
    finish(tx, Vec::new(), units, now)?;
    Ok(imported)
}

/// Settles the units and commits, or refuses everything.
pub(crate) fn finish(
    mut tx: Box<dyn Tx + '_>,
    refusals: Vec<Refusal>,
    units: BTreeSet<UnitId>,
    now: Timestamp,
) -> Result<()> {
    if !refusals.is_empty() {
        return Err(EngineError::Refused(refusals));
    }
    let units: Vec<UnitId> = units.into_iter().collect();
    settle::units(tx.as_mut(), &units, now)?;
    Ok(tx.commit()?)
}
