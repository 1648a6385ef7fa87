//! Whose an event is, by the facts: asked of every reading, one question at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use facts::offer::{ChargeRule, Component};
use facts::usage::{ConservationRow, LineOutcome, QuarantineReason, Track};
use facts::{AccountId, MeterCode};
use jiff::Timestamp;
use jiff::civil::Date;
use store::StoreError;

use crate::life::Life;
use crate::usage_log::UsageLog;
use crate::world::{Contract, Knowledge, World};

/// A unit that holds, held or will hold a device.
pub(crate) struct Holder<'a> {
    pub contract: Contract<'a>,
    life: Rc<Life<'a>>,
}

impl Holder<'_> {
    /// When its service starts.
    pub(crate) fn start_at(&self) -> Option<Timestamp> {
        self.life.start_at
    }

    /// Whether a component is only shown for usage of an instant.
    pub(crate) fn is_shadow(&self, component: &Component, at: Timestamp) -> bool {
        let ChargeRule::Usage { shadow: Some(shadow), .. } = &component.charge else {
            return false;
        };
        self.life.zone().day_of(at) < shadow.until
    }

    /// Whether somebody holds its service at an instant: on its day in the account's zone.
    pub(crate) fn is_held_at(&self, at: Timestamp) -> bool {
        self.life.is_held_on(self.life.zone().day_of(at))
    }

    /// From when until when it holds the device that it holds at an instant.
    pub(crate) fn held_around(&self, at: Timestamp) -> (Timestamp, Option<Timestamp>) {
        self.life.held_around(at)
    }
}

/// What becomes of an event.
#[derive(Clone, Copy)]
pub(crate) enum Fate<'h, 'a> {
    /// To be billed, or billed.
    Accepted(&'h Holder<'a>),
    /// Before the start of service, or while it is held.
    Free(&'h Holder<'a>),
    /// Rated without being billed.
    Shadow(&'h Holder<'a>),
    Waits(QuarantineReason),
}

/// Every known device, and the ordered units that it was shipped to or swapped into.
pub(crate) struct Holders<'a> {
    by_serial: BTreeMap<String, Vec<Holder<'a>>>,
    by_account: BTreeMap<&'a AccountId, BTreeSet<String>>,
}

impl<'a> Holders<'a> {
    pub(crate) fn of(world: &'a World) -> Self {
        let mut holders = Self { by_serial: BTreeMap::new(), by_account: BTreeMap::new() };
        for account in world.accounts.values() {
            for contract in world.contracts_of(&account.account) {
                let life = Life::of(world, contract, &account.zone, Knowledge::ALL);
                let life = Rc::new(life);
                let facts = world.units.get(contract.unit);
                let shipped = facts.into_iter().flat_map(|facts| &facts.shipments);
                let mut serials = life.serials();
                serials.extend(shipped.map(|it| it.it.serial.clone()));
                for serial in serials {
                    let serial = serial.as_str().to_owned();
                    let of_account = holders.by_account.entry(&account.account).or_default();
                    of_account.insert(serial.clone());
                    let holder = Holder { contract, life: Rc::clone(&life) };
                    holders.by_serial.entry(serial).or_default().push(holder);
                }
            }
        }
        holders
    }

    /// The devices that the units of an account hold, held or will hold.
    pub(crate) fn serials_of(&self, account: &AccountId) -> Vec<&str> {
        self.by_account.get(account).into_iter().flatten().map(String::as_str).collect()
    }

    /// Who holds a device; none when no shipment and no swap names it.
    pub(crate) fn of_device(&self, subject: &str) -> Option<&[Holder<'a>]> {
        self.by_serial.get(subject).map(Vec::as_slice)
    }
}

/// The fate by the first question that decides: is it to be looked at, who held the device, is it
/// priced, had the service started?
pub(crate) fn fate_of<'h, 'a>(
    subject: &str,
    track: &Track,
    holders: Option<&'h [Holder<'a>]>,
    at: Timestamp,
) -> Fate<'h, 'a> {
    if let Some(reason) = track.held {
        return Fate::Waits(reason);
    }
    let Some(meter) = &track.meter else { return Fate::Waits(QuarantineReason::UnknownType) };
    let Some(holders) = holders else { return Fate::Waits(QuarantineReason::UnknownSerial) };
    let holds =
        |it: &&Holder<'_>| it.life.serial_at(at).is_some_and(|serial| serial.as_str() == subject);
    let Some(holder) = holders.iter().find(holds) else {
        return Fate::Waits(QuarantineReason::SerialNotAssigned);
    };
    match (holder.contract.priced_by(meter), holder.life.start_at) {
        (None, _) => Fate::Waits(QuarantineReason::NoPrice),
        (Some(component), Some(start_at)) if start_at <= at && !holder.is_held_at(at) => {
            if holder.is_shadow(component, at) {
                Fate::Shadow(holder)
            } else {
                Fate::Accepted(holder)
            }
        }
        (Some(_), _) => Fate::Free(holder),
    }
}

/// What lines are counted by: arrival day, meter, outcome and reason.
type Cell = (Date, Option<MeterCode>, &'static str, Option<&'static str>);

/// The lines of every arrival day and meter by outcome. What took no id is counted by the tallies
/// of the log; an event that took its id by its reading, with the fate that the facts give it.
pub(crate) fn recount(
    log: &UsageLog,
    holders: &Holders<'_>,
) -> Result<Vec<ConservationRow>, StoreError> {
    let mut lines: BTreeMap<Cell, i64> = BTreeMap::new();
    for ((day, meter, outcome), count) in log.tallied() {
        let (outcome, reason) = match outcome {
            LineOutcome::Taken | LineOutcome::Held(_) => continue,
            LineOutcome::Duplicate => ("duplicate", None),
            LineOutcome::Conflict => ("conflict", None),
            LineOutcome::Cancels => ("cancelled", None),
            LineOutcome::Superseded => ("amended", None),
            LineOutcome::Rejected(reason) => ("rejected", Some(reason.code())),
        };
        *lines.entry((day, meter, outcome, reason)).or_default() += count;
    }
    log.each_series(|series| {
        let device = holders.of_device(&series.subject);
        for point in &series.points {
            let fate = fate_of(&series.subject, &series.track, device, point.happened_at);
            let (outcome, reason) = match fate {
                _ if point.amended_on.is_some() => ("amended", None),
                Fate::Accepted(_) => ("accepted", None),
                Fate::Free(_) => ("free", None),
                Fate::Shadow(_) => ("shadow", None),
                Fate::Waits(reason) => ("quarantined", Some(reason.code())),
            };
            let cell = (point.arrived_on, series.track.meter.clone(), outcome, reason);
            *lines.entry(cell).or_default() += 1;
        }
    })?;
    lines.retain(|_, count| *count != 0);
    let row = |((arrived_on, meter, outcome, reason), lines): (Cell, i64)| ConservationRow {
        arrived_on,
        meter,
        outcome: outcome.to_owned(),
        reason: reason.map(str::to_owned),
        lines,
    };
    Ok(lines.into_iter().map(row).collect())
}
