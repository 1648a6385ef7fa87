//! After new facts about units: work out their timelines again. What was true does not depend on
//! what arrived first.

use std::collections::BTreeSet;

use facts::unit::Timeline;
use facts::{Fact, ServiceStarted, UnitId};
use jiff::Timestamp;
use store::{Holding, Timer, TimerKind, Tx, UnitState};

use crate::Result;
use crate::contracts::{self, Contracts};
use crate::lives::Records;

/// Settles units after facts about them were recorded, with the other units of their devices.
pub(crate) fn units(tx: &mut dyn Tx, units: &[UnitId], now: Timestamp) -> Result<()> {
    by_usage_until(tx, units, (now, now))
}

/// The same by the usage that arrived before the day of an instant.
pub(crate) fn by_usage_until(
    tx: &mut dyn Tx,
    units: &[UnitId],
    (day_of_usage, now): (Timestamp, Timestamp),
) -> Result<()> {
    let mut contracts = Contracts::default();
    let mut settled = BTreeSet::new();
    for unit in units {
        if settled.contains(unit) {
            continue;
        }
        let state = contracts::unit(tx, unit)?;
        contracts.load(tx, [&state])?;
        let mut records = Records::load(tx, &mut contracts, &state)?;
        let zone = contracts::account(tx, &state.account)?.zone;
        let day = zone.day_of(day_of_usage);
        let known_before =
            zone.start_of(day).map_err(|_| contracts::missing(format!("the day {day}")))?;
        let of_unit = (&contracts, &state);
        if let Some(used) = records.news_of_usage(tx, of_unit, (&zone, known_before, now))? {
            tx.record(&Fact::UnitUsed(used), now)?;
        }
        for unit in records.units_of(&state) {
            let zone = contracts::account(tx, &unit.account)?.zone;
            let timeline = records.timeline(&contracts, &unit, &zone, None)?;
            settled.insert(unit.unit.clone());
            save(tx, unit.clone(), &timeline)?;
            announce_start(tx, &unit.unit, &timeline, now)?;
        }
    }
    Ok(())
}

fn save(tx: &mut dyn Tx, mut unit: UnitState, timeline: &Timeline) -> Result<()> {
    unit.shipped_at = timeline.shipped_at;
    unit.delivered_at = timeline.delivered_at;
    unit.start = timeline.start.clone();
    let holding = |held: &facts::unit::Held| Holding {
        serial: held.serial.to_string(),
        unit: unit.unit.clone(),
        held_from: held.from,
        held_until: held.until,
    };
    let holdings: Vec<Holding> = timeline.holdings.iter().map(holding).collect();
    Ok(tx.save_unit(&unit, &holdings)?)
}

/// Records a start that has been reached and differs from the last one announced; a start in the
/// future gets a timer instead.
fn announce_start(
    tx: &mut dyn Tx,
    unit: &UnitId,
    timeline: &Timeline,
    now: Timestamp,
) -> Result<()> {
    let start = timeline.start.clone();
    match start.as_ref().filter(|start| start.start_at > now) {
        Some(ahead) => tx.set_timer(&Timer {
            due_at: ahead.start_at,
            kind: TimerKind::StartService,
            subject: unit.to_string(),
        })?,
        None => tx.clear_timer(TimerKind::StartService, unit.as_str())?,
    }
    let reached = start.filter(|start| start.start_at <= now);
    let announced = tx.facts_about("ServiceStarted", unit.as_str())?;
    let last = announced.last().and_then(|it| match &it.fact {
        Fact::ServiceStarted(started) => started.start.clone(),
        _ => None,
    });
    if reached != last {
        let revision = u32::try_from(announced.len()).unwrap_or(u32::MAX).saturating_add(1);
        let started = ServiceStarted { unit: unit.clone(), revision, start: reached };
        tx.record(&Fact::ServiceStarted(started), now)?;
    }
    Ok(())
}
