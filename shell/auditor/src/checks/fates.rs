//! Each event has the fate that the facts give it, and the sums that rating reads are those of
//! the accepted events.

use std::collections::BTreeMap;

use facts::meter::Measure;
use facts::usage::{Fate, QuarantineReason, UsageEvent};
use facts::{DeviceSerial, MeterCode, UnitId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{StoreError, Tx};

use crate::life::Life;
use crate::ratio::{Ratio, shown};
use crate::world::{Contract, Knowledge, World};
use crate::{AuditFinding, Check};

/// Unit, meter and month (UTC): coarse enough to be short, fine enough to find the fault.
type Cell = (UnitId, MeterCode, String);

/// Quantity and number of events.
type Sum = (Option<Ratio>, i64);

pub(crate) fn check(world: &World, tx: &mut dyn Tx) -> Result<Check, StoreError> {
    let mut check = Check::new(
        "fates",
        "Each event of a known device is accepted, free or quarantined as the facts say, and the \
         sums that rating reads are those of the accepted events.",
    );
    let mut events = BTreeMap::new();
    for (serial, holders) in holders(world) {
        for event in tx.events_of_serials(&[serial.to_string()])? {
            check.examine();
            check_fate(&mut check, &event, &holders);
            count(world, &event, &mut events);
        }
    }
    let buckets = bucket_sums(world, tx)?;
    check_sums(&mut check, &events, &buckets);
    Ok(check)
}

/// A unit that holds, held or will hold a device.
struct Holder<'a> {
    contract: Contract<'a>,
    life: std::rc::Rc<Life<'a>>,
}

/// Every known device, and the ordered units that it was shipped to or swapped into.
fn holders(world: &World) -> BTreeMap<DeviceSerial, Vec<Holder<'_>>> {
    let mut holders: BTreeMap<DeviceSerial, Vec<Holder<'_>>> = BTreeMap::new();
    for account in world.accounts.values() {
        for contract in world.contracts_of(&account.account) {
            let life = Life::of(world, contract, &account.zone, Knowledge::ALL);
            let life = std::rc::Rc::new(life);
            let facts = world.units.get(contract.unit);
            let shipped = facts.into_iter().flat_map(|facts| &facts.shipments);
            let mut serials = life.serials();
            serials.extend(shipped.map(|it| it.it.serial.clone()));
            for serial in serials {
                let life = std::rc::Rc::clone(&life);
                holders.entry(serial).or_default().push(Holder { contract, life });
            }
        }
    }
    holders
}

/// The fate by the first question that decides: who held it, is it priced, had it started?
fn expected_fate(event: &UsageEvent, holders: &[Holder<'_>]) -> Fate {
    let at = event.happened_at;
    let holds = |it: &&Holder<'_>| {
        it.life.serial_at(at).is_some_and(|serial| serial.as_str() == event.subject)
    };
    let Some(holder) = holders.iter().find(holds) else {
        return Fate::Quarantined(QuarantineReason::SerialNotAssigned);
    };
    let unit = holder.contract.unit.clone();
    let priced = event.meter.as_ref().and_then(|meter| holder.contract.priced_by(meter));
    match (priced, holder.life.start_at) {
        (None, _) => Fate::Quarantined(QuarantineReason::NoPrice),
        (Some(_), Some(start_at)) if start_at <= at => Fate::Accepted(unit),
        (Some(_), _) => Fate::Free(unit),
    }
}

fn check_fate(check: &mut Check, event: &UsageEvent, holders: &[Holder<'_>]) {
    if event.fate == Fate::Quarantined(QuarantineReason::FutureTime) && is_ahead(event) {
        return;
    }
    let expected = expected_fate(event, holders);
    check.expect(event.fate == expected, || AuditFinding::FateDiffers {
        source: event.source.clone(),
        id: event.id.clone(),
        stored: format!("{:?}", event.fate),
        expected: format!("{expected:?}"),
    });
}

/// Whether the event can be more than a day ahead of the end of its arrival day, in some zone:
/// the day ends at most 14 hours before it does in UTC.
fn is_ahead(event: &UsageEvent) -> bool {
    const LEAST_HOURS: i64 = 24 + 24 - 14;
    let midnight = event.arrival.arrived_on.to_zoned(TimeZone::UTC).map(|it| it.timestamp());
    let least =
        midnight.ok().and_then(|it| it.checked_add(SignedDuration::from_hours(LEAST_HOURS)).ok());
    least.is_some_and(|least| event.happened_at > least)
}

fn month_of(at: Timestamp) -> String {
    at.strftime("%Y-%m").to_string()
}

fn add(sums: &mut BTreeMap<Cell, Sum>, cell: Cell, quantity: Option<Ratio>, events: i64) {
    let sum = sums.entry(cell).or_insert((Some(Ratio::ZERO), 0));
    sum.0 = sum.0.zip(quantity).and_then(|(sum, quantity)| sum.plus(quantity));
    sum.1 += events;
}

/// Adds an accepted event. A counter has no sums: its readings are read themselves.
fn count(world: &World, event: &UsageEvent, sums: &mut BTreeMap<Cell, Sum>) {
    let (Fate::Accepted(unit), Some(meter)) = (&event.fate, &event.meter) else { return };
    let quantity = match world.meters.get(meter).map(|meter| &meter.measure) {
        None | Some(Measure::Counter(_)) => return,
        Some(Measure::Count) => Ratio::new(1, 1),
        Some(Measure::Sum(_)) => Ratio::of_quantity(event.reading),
    };
    add(sums, (unit.clone(), meter.clone(), month_of(event.happened_at)), quantity, 1);
}

fn bucket_sums(world: &World, tx: &mut dyn Tx) -> Result<BTreeMap<Cell, Sum>, StoreError> {
    let mut sums = BTreeMap::new();
    for account in world.accounts.keys() {
        for bucket in tx.buckets(account, Timestamp::MIN, Timestamp::MAX, Date::MAX)? {
            let cell = (bucket.unit, bucket.meter, month_of(bucket.quarter_at));
            add(&mut sums, cell, Ratio::of_quantity(bucket.quantity), bucket.events);
        }
    }
    Ok(sums)
}

fn check_sums(check: &mut Check, events: &BTreeMap<Cell, Sum>, buckets: &BTreeMap<Cell, Sum>) {
    let nothing = (Some(Ratio::ZERO), 0);
    let new = buckets.keys().filter(|cell| !events.contains_key(cell));
    for cell in events.keys().chain(new) {
        check.examine();
        let sum = |of: &BTreeMap<Cell, Sum>| of.get(cell).copied().unwrap_or(nothing);
        let said = |(quantity, events): Sum| format!("{} in {events} events", shown(quantity));
        let (events, buckets) = (sum(events), sum(buckets));
        let (unit, meter, month) = cell;
        check.expect(events == buckets, || AuditFinding::BucketsDiffer {
            unit: unit.clone(),
            meter: meter.clone(),
            month: month.clone(),
            events: said(events),
            buckets: said(buckets),
        });
    }
}
