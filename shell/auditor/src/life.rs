//! The life of a unit as somebody could know it, read from the facts one question at a time.

use std::collections::BTreeSet;

use facts::offer::{Milestone, StartTrigger};
use facts::unit::{ChangeAction, ShipmentReason};
use facts::{DeviceSerial, DeviceSignalled, ItemShipped, PlanCode, UnitChanged};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;

use crate::calendar::plus_days;
use crate::world::{Contract, Knowledge, Logged, World};

/// What was known about a unit.
pub(crate) struct Life<'a> {
    contract: Contract<'a>,
    zone: &'a Zone,
    knowledge: Knowledge,
    /// Its first device.
    sale: Option<&'a ItemShipped>,
    /// When its first device was delivered.
    pub delivered_at: Option<Timestamp>,
    /// By instant of effect, then of record, then by name.
    changes: Vec<&'a UnitChanged>,
    /// When its service starts. It may lie in the future of who knows it.
    pub start_at: Option<Timestamp>,
}

impl<'a> Life<'a> {
    pub(crate) fn of(
        world: &'a World,
        contract: Contract<'a>,
        zone: &'a Zone,
        knowledge: Knowledge,
    ) -> Self {
        let mut life = Self {
            contract,
            zone,
            knowledge,
            sale: None,
            delivered_at: None,
            changes: Vec::new(),
            start_at: None,
        };
        life.read(world);
        life.start_at = life.find_start(world);
        life
    }

    /// The zone of its account.
    pub(crate) const fn zone(&self) -> &'a Zone {
        self.zone
    }

    fn read(&mut self, world: &'a World) {
        let Some(facts) = world.units.get(self.contract.unit) else { return };
        let knowledge = self.knowledge;
        let shipments = facts.shipments.iter().filter(|it| knowledge.has(it, it.it.shipped_at));
        let sales = shipments.filter(|it| it.it.reason == ShipmentReason::Sale);
        self.sale = sales.map(|it| &it.it).min_by_key(|it| (it.shipped_at, it.shipment.as_str()));
        let Some(sale) = self.sale else { return };
        let deliveries = facts.deliveries.iter().filter(|it| knowledge.has(it, it.it.delivered_at));
        let deliveries = deliveries.filter(|it| it.it.shipment == sale.shipment);
        self.delivered_at = deliveries.map(|it| it.it.delivered_at).min();
        let changes = facts.changes.iter().filter(|it| knowledge.has(it, it.it.recorded_at));
        self.changes = changes.map(|it| &it.it).collect();
        self.changes.sort_by_key(|it| (it.effective_at, it.recorded_at, it.change.as_str()));
    }

    /// What can start its service.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = &'a StartTrigger> {
        self.contract.offer.start.first_of.iter()
    }

    /// When it passed a milestone.
    pub(crate) fn reached(&self, milestone: Milestone) -> Option<Timestamp> {
        match milestone {
            Milestone::Shipped => self.sale.map(|it| it.shipped_at),
            Milestone::Delivered => self.delivered_at,
        }
    }

    fn find_start(&self, world: &'a World) -> Option<Timestamp> {
        let policy = &self.contract.offer.start;
        let earliest = match policy.not_before {
            None => Timestamp::MIN,
            Some(milestone) => self.reached(milestone)?,
        };
        let at = |trigger: &StartTrigger| match trigger {
            StartTrigger::Activated => self.first_signal(world, earliest),
            StartTrigger::DaysAfter { milestone, days } => self.days_after(*milestone, *days),
            StartTrigger::At(milestone) => self.reached(*milestone),
        };
        policy.first_of.iter().filter_map(at).filter(|it| *it >= earliest).min()
    }

    /// 00:00 of the day so many days after the day of a milestone.
    pub(crate) fn days_after(&self, milestone: Milestone, days: u16) -> Option<Timestamp> {
        let day = plus_days(self.zone.day_of(self.reached(milestone)?), days)?;
        self.zone.start_of(day).ok()
    }

    fn first_signal(&self, world: &'a World, earliest: Timestamp) -> Option<Timestamp> {
        let types = activation_types(world, self.contract);
        let serials = self.serials();
        let signals = serials.iter().filter_map(|serial| world.signals.get(serial)).flatten();
        let counts = |signal: &&Logged<DeviceSignalled>| {
            let it = &signal.it;
            self.knowledge.has(signal, it.signalled_at)
                && it.signalled_at >= earliest
                && types.contains(it.event_type.as_str())
                && self.serial_at(it.signalled_at) == Some(&it.serial)
        };
        signals.filter(counts).map(|signal| signal.it.signalled_at).min()
    }

    /// Every serial that it ever held.
    pub(crate) fn serials(&self) -> BTreeSet<DeviceSerial> {
        let swapped = self.changes.iter().filter_map(|it| swapped_in(it));
        self.sale.map(|it| &it.serial).into_iter().chain(swapped).cloned().collect()
    }

    /// The serial that it held at an instant: that of the last swap, or of the sale before any.
    pub(crate) fn serial_at(&self, instant: Timestamp) -> Option<&'a DeviceSerial> {
        if self.returned_at().is_some_and(|returned| returned <= instant) {
            return None;
        }
        let before = self.changes.iter().rev().filter(|it| it.effective_at <= instant);
        let swapped = before.filter_map(|it| swapped_in(it)).next();
        swapped.or_else(|| {
            self.sale.filter(|sale| sale.shipped_at <= instant).map(|sale| &sale.serial)
        })
    }

    /// From when until when it holds the device that it holds at an instant.
    pub(crate) fn held_around(&self, instant: Timestamp) -> (Timestamp, Option<Timestamp>) {
        let held = self.serial_at(instant);
        let swaps = self.changes.iter().filter(|it| swapped_in(it).is_some());
        let mut borders: Vec<Timestamp> = swaps.map(|it| it.effective_at).collect();
        borders.extend(self.returned_at());
        borders.extend(self.sale.map(|sale| sale.shipped_at));
        borders.sort_unstable();
        let is_other = |at: &&Timestamp| self.serial_at(**at) != held;
        let until = borders.iter().filter(|at| **at > instant).find(is_other).copied();
        let before = borders.iter().rev().filter(|at| **at <= instant);
        let from = before.take_while(|at| !is_other(at)).last().copied();
        (from.unwrap_or(instant), until)
    }

    pub(crate) fn returned_at(&self) -> Option<Timestamp> {
        let returns = self.changes.iter().filter(|it| it.action == ChangeAction::Return);
        returns.map(|it| it.effective_at).min()
    }

    /// The start, as far as it was reached.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        self.start_at.filter(|at| *at < self.knowledge.before)
    }

    /// Whether the day is one of service: from the start to the return, and not suspended.
    pub(crate) fn serves_on(&self, day: Date) -> bool {
        let started = self.started_at().is_some_and(|at| self.zone.day_of(at) <= day);
        let returned = self.returned_at().is_some_and(|at| self.zone.day_of(at) <= day);
        started && !returned && !self.is_suspended_on(day)
    }

    fn is_suspended_on(&self, day: Date) -> bool {
        let last = self.last_change(day, |action| {
            matches!(action, ChangeAction::Suspend | ChangeAction::Resume).then_some(action)
        });
        last == Some(&ChangeAction::Suspend)
    }

    /// The plan on a day: that of the last change, or the first of the offer before any.
    pub(crate) fn plan_on(&self, day: Date) -> Option<&'a PlanCode> {
        let changed = self.last_change(day, |action| match action {
            ChangeAction::Plan(plan) => Some(plan),
            _ => None,
        });
        changed.or(self.contract.offer.plans.first())
    }

    fn last_change<T>(
        &self,
        day: Date,
        wanted: impl Fn(&'a ChangeAction) -> Option<T>,
    ) -> Option<T> {
        let before =
            self.changes.iter().rev().filter(|it| self.zone.day_of(it.effective_at) <= day);
        before.filter_map(|it| wanted(&it.action)).next()
    }
}

fn swapped_in(change: &UnitChanged) -> Option<&DeviceSerial> {
    if let ChangeAction::Swap(serial) = &change.action { Some(serial) } else { None }
}

/// The signals that activate a device of a contract, from the latest version of the specs of its
/// components.
fn activation_types<'a>(world: &'a World, contract: Contract<'_>) -> BTreeSet<&'a str> {
    let latest = contract.components().filter_map(|component| {
        let spec = component.fulfilment.as_ref()?;
        world.specs.iter().rev().find(|it| it.it.code == *spec)
    });
    latest.filter_map(|spec| spec.it.activation_signal.as_deref()).collect()
}
