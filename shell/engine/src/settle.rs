//! After new facts about units: work out their timelines again. What was true does not depend on
//! what arrived first.

use ::fulfilment::{StartRule, UnitEvidence, timeline};
use facts::unit::Timeline;
use facts::{Fact, ServiceStarted, UnitId};
use jiff::Timestamp;
use store::{Holding, Timer, TimerKind, Tx, UnitState};

use crate::Result;
use crate::contracts::{self, Contracts};

/// Settles units after facts about them were recorded.
pub(crate) fn units(tx: &mut dyn Tx, units: &[UnitId], now: Timestamp) -> Result<()> {
    let mut contracts = Contracts::default();
    for unit in units {
        let state = contracts::unit(tx, unit)?;
        contracts.load(tx, [&state])?;
        let timeline = timeline_of(tx, &contracts, &state)?;
        save(tx, state, &timeline)?;
        announce_start(tx, unit, &timeline, now)?;
    }
    Ok(())
}

fn timeline_of(tx: &mut dyn Tx, contracts: &Contracts, unit: &UnitState) -> Result<Timeline> {
    let contract = contracts.of(unit)?;
    let zone = contracts::account(tx, &unit.account)?.zone;
    let rule = StartRule {
        policy: &contract.offer.start,
        activation_signals: &contracts.activation_signals(contract),
        zone: &zone,
    };
    let mut evidence = UnitEvidence::default();
    for kind in ["ItemShipped", "ItemDelivered", "UnitChanged"] {
        let facts = tx.facts_about(kind, unit.unit.as_str())?;
        facts.into_iter().for_each(|it| add(&mut evidence, it.fact));
    }
    let mut evidence = evidence.of_line(&unit.order_line);
    // Without signals first: that says which serials to ask for.
    let held = timeline(&evidence, rule).holdings;
    for held in held {
        let facts = tx.facts_about("DeviceSignalled", held.serial.as_str())?;
        facts.into_iter().for_each(|it| add(&mut evidence, it.fact));
    }
    Ok(timeline(&evidence, rule))
}

/// Sorts a fact into the evidence about its unit; other facts are none.
pub(crate) fn add(evidence: &mut UnitEvidence, fact: Fact) {
    match fact {
        Fact::ItemShipped(it) => evidence.shipments.push(it),
        Fact::ItemDelivered(it) => evidence.deliveries.push(it),
        Fact::UnitChanged(it) => evidence.changes.push(it),
        Fact::DeviceSignalled(it) => evidence.signals.push(it),
        _ => {}
    }
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
