//! After new facts about units: work out their timelines again, and with them whose the usage of
//! their devices is. What was true does not depend on what arrived first.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use ::fulfilment::{StartRule, UnitEvidence, timeline};
use facts::meter::MeterPublished;
use facts::unit::Timeline;
use facts::usage::{Bucket, Fate, UsageEvent};
use facts::{Fact, MeterCode, ServiceStarted, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use metering::{Ownership, Possession};
use store::{BucketChange, Holding, Timer, TimerKind, Tx, UnitState};

use crate::Result;
use crate::contracts::{self, Contracts};

/// Settles units after facts about them were recorded.
pub(crate) fn units(tx: &mut dyn Tx, units: &[UnitId], now: Timestamp) -> Result<()> {
    let mut contracts = Contracts::default();
    let mut serials = BTreeSet::new();
    for unit in units {
        let state = contracts::unit(tx, unit)?;
        contracts.load(tx, [&state])?;
        let timeline = timeline_of(tx, &contracts, &state)?;
        serials.extend(timeline.holdings.iter().map(|it| it.serial.to_string()));
        save(tx, state, &timeline)?;
        announce_start(tx, unit, &timeline, now)?;
    }
    let serials: Vec<String> = serials.into_iter().collect();
    reattribute(tx, &mut contracts, &serials)
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

/// Who held these devices, for attribution.
pub(crate) fn ownership(
    tx: &mut dyn Tx,
    contracts: &mut Contracts,
    serials: &[String],
) -> Result<Ownership> {
    let mut ownership = Ownership::default();
    let mut units: BTreeMap<UnitId, (Option<Timestamp>, BTreeSet<MeterCode>)> = BTreeMap::new();
    for holding in tx.holdings_of(serials)? {
        if !units.contains_key(&holding.unit) {
            let state = contracts::unit(tx, &holding.unit)?;
            contracts.load(tx, [&state])?;
            let priced = contracts.of(&state)?.priced_meters();
            let service_from = state.start.map(|start| start.start_at);
            units.insert(holding.unit.clone(), (service_from, priced));
        }
        let (service_from, priced) = units[&holding.unit].clone();
        ownership.possessions.entry(holding.serial).or_default().push(Possession {
            unit: holding.unit,
            from: holding.held_from,
            until: holding.held_until,
            service_from,
            priced,
        });
    }
    Ok(ownership)
}

/// Every meter as it stands on a day.
pub(crate) fn meters(tx: &mut dyn Tx, day: Date) -> Result<Vec<MeterPublished>> {
    let mut versions: BTreeMap<MeterCode, Vec<_>> = BTreeMap::new();
    for recorded in tx.facts_of_kind("MeterPublished")? {
        if let Fact::MeterPublished(meter) = recorded.fact {
            let version = (meter.effective_from, meter.clone());
            versions.entry(meter.code).or_default().push(version);
        }
    }
    Ok(versions.into_values().filter_map(|it| contracts::in_force(it, day)).collect())
}

/// Meters of the days on which events arrived, each day loaded once.
#[derive(Default)]
struct MetersByDay(BTreeMap<Date, Vec<MeterPublished>>);

impl MetersByDay {
    fn meters(&mut self, tx: &mut dyn Tx, day: Date) -> Result<&[MeterPublished]> {
        Ok(match self.0.entry(day) {
            Entry::Occupied(loaded) => loaded.into_mut(),
            Entry::Vacant(free) => free.insert(meters(tx, day)?),
        })
    }
}

/// Gives the events of these devices the fate that is true now.
fn reattribute(tx: &mut dyn Tx, contracts: &mut Contracts, serials: &[String]) -> Result<()> {
    let events = tx.events_of_serials(serials)?;
    if events.is_empty() {
        return Ok(());
    }
    let ownership = ownership(tx, contracts, serials)?;
    let mut by_day = MetersByDay::default();
    let mut fates = Vec::new();
    let mut buckets = Vec::new();
    for event in &events {
        let fate = metering::attribute(event, &ownership);
        if fate != event.fate {
            let meters = by_day.meters(tx, event.arrival.arrived_on)?;
            buckets.extend(contribution(event, &event.fate, meters).map(withdrawn));
            buckets.extend(contribution(event, &fate, meters));
            fates.push((event.source.clone(), event.id.clone(), fate));
        }
    }
    tx.change_fates(&fates)?;
    Ok(tx.change_buckets(&buckets)?)
}

/// What an event adds to the buckets under a fate.
pub(crate) fn contribution(
    event: &UsageEvent,
    fate: &Fate,
    meters: &[MeterPublished],
) -> Option<BucketChange> {
    let meter = meters.iter().find(|meter| Some(&meter.code) == event.meter.as_ref())?;
    let change = metering::contribution(event, fate, &meter.measure)?;
    Some(BucketChange { arrived_on: event.arrival.arrived_on, change })
}

fn withdrawn(change: BucketChange) -> BucketChange {
    let quantity = change.change.quantity.negated();
    let events = -change.change.events;
    BucketChange { change: Bucket { quantity, events, ..change.change }, ..change }
}
