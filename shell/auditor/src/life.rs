//! The life of a unit as somebody could know it, read from the facts one question at a time.

use std::collections::BTreeSet;

use facts::device::{LifeState, ServiceState, StateChange};
use facts::offer::{
    AfterDeadline, AfterLoss, Milestone, Proration, StartDeadline, StartTrigger, UsageThreshold,
};
use facts::unit::{ChangeAction, ShipmentReason};
use facts::usage::Point;
use facts::{DeviceSerial, DeviceSignalled, ItemShipped, MeterCode, PlanCode, UnitChanged, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;

use crate::calendar::plus_days;
use crate::held;
use crate::ratio::Ratio;
use crate::world::{Contract, Knowledge, Logged, World};

/// What was known about a unit.
pub(crate) struct Life<'a> {
    contract: Contract<'a>,
    /// What its device was sold under.
    first: Contract<'a>,
    zone: &'a Zone,
    knowledge: Knowledge,
    /// Since when it goes on for another unit; none: it is the first.
    begun_at: Option<Timestamp>,
    /// When another goes on for it, or its contract ends by itself.
    over_at: Option<Timestamp>,
    /// When its contract ends by itself, and none goes on for it.
    expires_at: Option<Timestamp>,
    /// When another goes on for it.
    passed_on_at: Option<Timestamp>,
    /// Its first device.
    sale: Option<&'a ItemShipped>,
    /// When its first device was delivered.
    pub delivered_at: Option<Timestamp>,
    /// By instant of effect, then of record, then by name.
    changes: Vec<&'a UnitChanged>,
    /// When its service starts. It may lie in the future of who knows it.
    pub start_at: Option<Timestamp>,
    /// When the service of the device starts, under whichever contract.
    service_at: Option<Timestamp>,
    /// When the test of the device began, if it has one.
    test_from: Option<Timestamp>,
    /// When the device is cancelled because nothing started it by its deadline.
    lapsed_at: Option<Timestamp>,
    /// Days on which its service is held: the first, and the first that is not.
    held: Vec<(Date, Option<Date>)>,
}

impl<'a> Life<'a> {
    pub(crate) fn of(
        world: &'a World,
        contract: Contract<'a>,
        zone: &'a Zone,
        knowledge: Knowledge,
    ) -> Self {
        let device = world.contracts_of_device(contract.unit);
        let mut life = Self {
            contract,
            first: device.first().copied().unwrap_or(contract),
            zone,
            knowledge,
            begun_at: None,
            over_at: None,
            expires_at: None,
            passed_on_at: None,
            sale: None,
            delivered_at: None,
            changes: Vec::new(),
            start_at: None,
            service_at: None,
            test_from: None,
            lapsed_at: None,
            held: held::spans(world, contract, knowledge),
        };
        life.read(world, &device);
        life.begun_at = life.turn_of(contract);
        if contract.ordered.after.is_some() && life.begun_at.is_none() {
            life.delivered_at = None;
        }
        let turns = device.iter().filter(|it| it.ordered.after.as_ref() == Some(contract.unit));
        let turns = turns.filter_map(|it| life.turn_of(*it));
        let term = contract.line.term.as_ref().filter(|term| term.renewal.is_none());
        let term = term.and_then(|term| zone.start_of(term.until).ok());
        let next = turns.min();
        life.expires_at = term.filter(|end| next.is_none_or(|next| *end < next));
        life.passed_on_at = next;
        life.over_at = next.into_iter().chain(term).min();
        let begun = life.find_start(world);
        life.lapsed_at = life.find_lapse(begun);
        let begun = begun.filter(|_| life.lapsed_at.is_none());
        let test = life.first.offer.start.test.as_ref();
        life.test_from = begun.filter(|_| test.is_some());
        life.service_at = match (begun, test) {
            (Some(begun), Some(test)) => {
                let over_at = life.days_from(begun, test.days);
                let used_up_at = life.used_up_at(world, begun);
                over_at.into_iter().chain(used_up_at).min()
            }
            _ => begun,
        };
        life.start_at = life.service_at.and_then(|start| life.within(start));
        life
    }

    /// When a contract takes a device over, as far as its order is known.
    fn turn_of(&self, contract: Contract<'_>) -> Option<Timestamp> {
        let on = contract.line.takes_over.as_ref()?.on;
        let ordered_at = self.zone.start_of(contract.order.ordered_on).ok()?;
        let is_known = contract.sequence < self.knowledge.before_sequence
            && ordered_at < self.knowledge.before;
        is_known.then(|| self.zone.start_of(on).ok()).flatten()
    }

    /// The start of its part of a service that starts at an instant; none: it has no part.
    fn within(&self, start: Timestamp) -> Option<Timestamp> {
        let is_next = self.contract.ordered.after.is_some();
        let start = if is_next { start.max(self.begun_at?) } else { start };
        self.over_at.is_none_or(|over| start < over).then_some(start)
    }

    /// The unit that it goes on for, and since when.
    pub(crate) fn goes_on_for(&self) -> Option<(&'a UnitId, Timestamp)> {
        self.contract.ordered.after.as_ref().zip(self.begun_at)
    }

    /// The zone of its account.
    pub(crate) const fn zone(&self) -> &'a Zone {
        self.zone
    }

    fn read(&mut self, world: &'a World, device: &[Contract<'a>]) {
        let of_device = || device.iter().filter_map(|it| world.units.get(it.unit));
        let knowledge = self.knowledge;
        let shipments = of_device()
            .flat_map(|facts| &facts.shipments)
            .filter(|it| knowledge.has(it, it.it.shipped_at));
        let sales = shipments.filter(|it| it.it.reason == ShipmentReason::Sale);
        self.sale = sales.map(|it| &it.it).min_by_key(|it| (it.shipped_at, it.shipment.as_str()));
        if let Some(sale) = self.sale {
            let deliveries = of_device().flat_map(|facts| &facts.deliveries);
            let deliveries = deliveries.filter(|it| knowledge.has(it, it.it.delivered_at));
            let deliveries = deliveries.filter(|it| it.it.shipment == sale.shipment);
            self.delivered_at = deliveries.map(|it| it.it.delivered_at).min();
        }
        let changes = of_device().flat_map(|facts| &facts.changes);
        let changes = changes.filter(|it| knowledge.has(it, it.it.recorded_at));
        self.changes = changes.map(|it| &it.it).collect();
        self.changes.sort_by_key(|it| (it.effective_at, it.recorded_at, it.change.as_str()));
    }

    /// What can start its service.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = &'a StartTrigger> {
        self.first.offer.start.first_of.iter()
    }

    /// When it passed a milestone.
    pub(crate) fn reached(&self, milestone: Milestone) -> Option<Timestamp> {
        match milestone {
            Milestone::Shipped => self.sale.map(|it| it.shipped_at),
            Milestone::Delivered => self.delivered_at,
            Milestone::Accepted => self.accepted_at(),
        }
    }

    /// The first acceptance; one that is told before the delivery waits for it.
    fn accepted_at(&self) -> Option<Timestamp> {
        let delivered_at = self.delivered_at?;
        let accepted = self.changes.iter().find(|it| it.action == ChangeAction::Accept)?;
        let since = delivered_at.max(accepted.effective_at);
        (since < self.knowledge.before).then_some(since)
    }

    fn find_start(&self, world: &'a World) -> Option<Timestamp> {
        let policy = &self.first.offer.start;
        let earliest = match policy.not_before {
            None => Timestamp::MIN,
            Some(milestone) => self.reached(milestone)?,
        };
        let at = |trigger: &StartTrigger| match trigger {
            StartTrigger::Activated => self.first_signal(world, earliest),
            StartTrigger::FirstUsage => {
                let uses = self.uses(world).into_iter().map(|(_, point)| point.happened_at);
                uses.filter(|at| *at >= earliest).min()
            }
            StartTrigger::DaysAfter { milestone, days } => self.days_after(*milestone, *days),
            StartTrigger::At(milestone) => self.reached(*milestone),
        };
        let found = policy.first_of.iter().filter_map(at).filter(|it| *it >= earliest).min();
        let starts = self.deadline().filter(|it| it.then == AfterDeadline::Start);
        let late = starts.and_then(|it| self.deadline_at(it)).map(|at| at.max(earliest));
        match (found, late) {
            (Some(found), Some(late)) => Some(found.min(late)),
            (found, late) => found.or(late),
        }
    }

    /// When the device is cancelled because a start comes too late for its deadline, or never.
    fn find_lapse(&self, begun: Option<Timestamp>) -> Option<Timestamp> {
        let deadline = self.deadline().filter(|it| it.then == AfterDeadline::Cancel)?;
        let at = self.deadline_at(deadline)?;
        let in_time = begun.is_some_and(|begun| begun < at);
        let ended_before = self.ended_at().is_some_and(|ended| ended <= at);
        if in_time || ended_before { None } else { Some(at) }
    }

    /// By when something must start the device.
    pub(crate) fn deadline(&self) -> Option<StartDeadline> {
        self.first.offer.start.deadline
    }

    /// The instant of the deadline.
    fn deadline_at(&self, deadline: StartDeadline) -> Option<Timestamp> {
        self.days_from(self.deadline_from(deadline)?, deadline.days)
    }

    /// What the deadline is counted from.
    pub(crate) fn deadline_from(&self, deadline: StartDeadline) -> Option<Timestamp> {
        match deadline.after.milestone() {
            None => self.zone.start_of(self.first.order.ordered_on).ok(),
            Some(milestone) => self.reached(milestone),
        }
    }

    /// How long the device is tried.
    pub(crate) fn test_days(&self) -> Option<u16> {
        self.first.offer.start.test.as_ref().map(|it| it.days)
    }

    /// What ends its test before.
    pub(crate) fn test_until(&self) -> Option<&'a UsageThreshold> {
        self.first.offer.start.test.as_ref()?.until.as_ref()
    }

    /// 00:00 of the day so many days after the day of a milestone.
    pub(crate) fn days_after(&self, milestone: Milestone, days: u16) -> Option<Timestamp> {
        self.days_from(self.reached(milestone)?, days)
    }

    /// 00:00 of the day so many days after the day of an instant.
    pub(crate) fn days_from(&self, instant: Timestamp, days: u16) -> Option<Timestamp> {
        self.zone.start_of(plus_days(self.zone.day_of(instant), days)?).ok()
    }

    fn first_signal(&self, world: &'a World, earliest: Timestamp) -> Option<Timestamp> {
        let types = activation_types(world, self.first);
        let serials = self.serials();
        let signals = serials.iter().filter_map(|serial| world.signals.get(serial)).flatten();
        let counts = |signal: &&Logged<DeviceSignalled>| {
            let it = &signal.it;
            self.knowledge.has(signal, it.signalled_at)
                && it.signalled_at >= earliest
                && types.contains(it.event_type.as_str())
                && self.device_at(it.signalled_at) == Some(&it.serial)
        };
        signals.filter(counts).map(|signal| signal.it.signalled_at).min()
    }

    /// What its devices used while they were its own, by the usage that had arrived on an earlier
    /// day; of all that is known, by what was looked at.
    fn uses(&self, world: &'a World) -> Vec<(&'a MeterCode, &'a Point)> {
        let Knowledge { before_sequence, before } = self.knowledge;
        let looked_until = world.units.get(self.first.unit).and_then(|it| it.looked_until);
        let until = if before == Timestamp::MAX { looked_until } else { Some(before) };
        let Some(day) = until.map(|at| self.zone.day_of(at)) else { return Vec::new() };
        let last = world.last_segment(before_sequence);
        let mut uses = Vec::new();
        for serial in self.serials() {
            for series in world.uses.get(serial.as_str()).into_iter().flatten() {
                let meter = series.track.meter.as_ref().filter(|_| series.track.held.is_none());
                let counts = |point: &&Point| {
                    point.stood_before(day)
                        && point.segment <= last
                        && self.device_at(point.happened_at) == Some(&serial)
                };
                let points = series.points.iter().filter(counts);
                uses.extend(points.filter_map(|point| Some((meter?, point))));
            }
        }
        uses
    }

    /// 00:00 of the day after that which used up a test that began at an instant.
    fn used_up_at(&self, world: &'a World, begun: Timestamp) -> Option<Timestamp> {
        let until = self.first.offer.start.test.as_ref()?.until.as_ref()?;
        let mut uses = self.uses(world);
        uses.retain(|(meter, point)| **meter == until.meter && point.happened_at >= begun);
        uses.sort_by_key(|(_, point)| self.zone.day_of(point.happened_at));
        let mut left = Ratio::of_quantity(until.quantity);
        for of_day in uses
            .chunk_by(|a, b| self.zone.day_of(a.1.happened_at) == self.zone.day_of(b.1.happened_at))
        {
            for (_, point) in of_day {
                left = left.zip(Ratio::of_quantity(point.value)).and_then(|(a, b)| a.minus(b));
            }
            if left.and_then(|left| Ratio::ZERO.is_below(left)) == Some(false) {
                return self.days_from(of_day.first()?.1.happened_at, 1);
            }
        }
        None
    }

    /// Whether a test that began at an instant was used up on a day.
    pub(crate) fn is_used_up(&self, on: Date, start_at: Timestamp) -> bool {
        let begins = on.tomorrow().ok().and_then(|day| self.zone.start_of(day).ok());
        self.service_at.is_some() && begins == Some(start_at)
    }

    /// Every serial that it ever held.
    pub(crate) fn serials(&self) -> BTreeSet<DeviceSerial> {
        let swapped = self.changes.iter().filter_map(|it| swapped_in(it));
        self.sale.map(|it| &it.serial).into_iter().chain(swapped).cloned().collect()
    }

    /// The serial that it held at an instant, as long as the device is its own.
    pub(crate) fn serial_at(&self, instant: Timestamp) -> Option<&'a DeviceSerial> {
        let is_next = self.contract.ordered.after.is_some();
        let has_begun = !is_next || self.begun_at.is_some_and(|begun| begun <= instant);
        let is_over = self.over_at.is_some_and(|over| over <= instant);
        if has_begun && !is_over { self.device_at(instant) } else { None }
    }

    /// The serial of the device: that of the last swap, or of the sale before any.
    fn device_at(&self, instant: Timestamp) -> Option<&'a DeviceSerial> {
        if self.ended_at().is_some_and(|ended| ended <= instant) {
            return None;
        }
        let mut before = self.changes.iter().rev().filter(|it| it.effective_at <= instant);
        let last = before.find(|it| swapped_in(it).is_some() || loss_of(it).is_some());
        if last.is_some_and(|it| loss_of(it).is_some()) {
            return None;
        }
        last.and_then(|it| swapped_in(it)).or_else(|| {
            self.sale.filter(|sale| sale.shipped_at <= instant).map(|sale| &sale.serial)
        })
    }

    /// From when until when it holds the device that it holds at an instant.
    pub(crate) fn held_around(&self, instant: Timestamp) -> (Timestamp, Option<Timestamp>) {
        let held = self.serial_at(instant);
        let moves = |it: &&&UnitChanged| swapped_in(it).is_some() || loss_of(it).is_some();
        let swaps = self.changes.iter().filter(moves);
        let mut borders: Vec<Timestamp> = swaps.map(|it| it.effective_at).collect();
        borders.extend(self.ended_at());
        borders.extend(self.begun_at);
        borders.extend(self.over_at);
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

    /// When the device goes back, or is cancelled.
    pub(crate) fn given_up_at(&self) -> Option<Timestamp> {
        let ends = self.changes.iter().filter(|it| it.action == ChangeAction::Cancel);
        ends.map(|it| it.effective_at).chain(self.returned_at()).chain(self.lapsed_at).min()
    }

    /// The day on which its contract is cancelled, or ends by itself: what is not sold goes back.
    pub(crate) fn over_on(&self) -> Option<Date> {
        let is_next = self.contract.ordered.after.is_some();
        let cancelled = self.changes.iter().find(|it| it.action == ChangeAction::Cancel);
        let cancelled = cancelled.map(|it| it.effective_at).into_iter().chain(self.lapsed_at);
        let at = cancelled.min().filter(|at| {
            let has_begun = !is_next || self.begun_at.is_some_and(|begun| begun <= *at);
            has_begun && self.over_at.is_none_or(|over| *at < over)
        });
        let at = at.into_iter().chain(self.expires_at).min()?;
        Some(self.zone.day_of(at))
    }

    /// Whether its device is gone, and no other in its place.
    pub(crate) fn is_gone(&self) -> bool {
        let moves = |it: &&&UnitChanged| swapped_in(it).is_some() || loss_of(it).is_some();
        self.changes.iter().rev().find(moves).is_some_and(|it| loss_of(it).is_some())
    }

    /// When the device is given up, or gone for good.
    fn ended_at(&self) -> Option<Timestamp> {
        let ends = self.given_up_at().into_iter();
        let losses = self.changes.iter().filter(|it| loss_of(it) == Some(AfterLoss::Ends));
        ends.chain(losses.map(|it| it.effective_at)).min()
    }

    /// The day on which its device was lost or stolen, under its contract.
    pub(crate) fn lost_on(&self) -> Option<Date> {
        let mut losses = self.changes.iter().filter(|it| loss_of(it).is_some());
        let at = losses.next()?.effective_at;
        let is_next = self.contract.ordered.after.is_some();
        let has_begun = !is_next || self.begun_at.is_some_and(|begun| begun <= at);
        let is_over = self.over_at.is_some_and(|over| over <= at);
        let has_lapsed = self.lapsed_at.is_some_and(|lapsed| lapsed <= at);
        (has_begun && !is_over && !has_lapsed).then(|| self.zone.day_of(at))
    }

    /// When its service ends.
    pub(crate) fn ends_at(&self) -> Option<Timestamp> {
        self.ended_at().into_iter().chain(self.over_at).min()
    }

    /// The start, as far as it was reached; where the service of another unit goes on, that one's.
    pub(crate) fn started_at(&self) -> Option<Timestamp> {
        let reached = self.service_at.filter(|at| *at < self.knowledge.before);
        reached.and(self.start_at)
    }

    /// The first instant at which it can have been in a state.
    pub(crate) fn since(&self, state: ServiceState) -> Option<Timestamp> {
        let of_turn = |at: Timestamp| self.begun_at.map_or(at, |begun| at.max(begun));
        match state {
            ServiceState::Active | ServiceState::Suspended => self.started_at(),
            ServiceState::Stored => self.delivered_at.map(of_turn),
            ServiceState::Test => {
                self.test_from.filter(|at| *at < self.knowledge.before).map(of_turn)
            }
        }
    }

    /// Its state on a day, where the day of an end, a suspension or a loss belongs to what was
    /// before it or not; none: it is in none, or its device is gone.
    pub(crate) fn state_on(&self, day: Date, with_last_day: bool) -> Option<ServiceState> {
        let before = day.yesterday().unwrap_or(day);
        let serves =
            if with_last_day { self.serves_with_last_day(day) } else { self.serves_on(day) };
        let is_gone = self.is_gone_on(day) && (!with_last_day || self.is_gone_on(before));
        let ended_on = self.ends_at().map(|at| self.zone.day_of(at));
        let last = if with_last_day { before } else { day };
        let has_ended = ended_on.is_some_and(|ended| ended <= last);
        let has_come = |state| self.since(state).is_some_and(|at| self.zone.day_of(at) <= day);
        if serves {
            Some(ServiceState::Active)
        } else if has_ended || is_gone {
            None
        } else if has_come(ServiceState::Active) {
            Some(ServiceState::Suspended)
        } else {
            [ServiceState::Test, ServiceState::Stored].into_iter().find(|state| has_come(*state))
        }
    }

    /// A day before which nothing of its device happened.
    pub(crate) fn first_day(&self) -> Date {
        let ordered_on = self.contract.order.ordered_on.min(self.first.order.ordered_on);
        let changed = self.changes.iter().map(|it| it.effective_at);
        let supplied = [self.delivered_at, self.service_at, self.begun_at].into_iter().flatten();
        let days = changed.chain(supplied).map(|at| self.zone.day_of(at));
        days.chain(self.held.iter().map(|(from, _)| *from)).fold(ordered_on, Date::min)
    }

    /// The change of its state on a day, if there is one: a device that goes from one contract to
    /// another is in no other state for that.
    pub(crate) fn change_on(&self, day: Date) -> Option<StateChange> {
        let reached = |at: Option<Timestamp>| at.is_some_and(|at| self.zone.day_of(at) <= day);
        let is_next = self.contract.ordered.after.is_some();
        if (is_next && !reached(self.begun_at)) || reached(self.passed_on_at) {
            return None;
        }
        let (from, to) = (self.of_device_on(day.yesterday().ok()?), self.of_device_on(day));
        (from != to).then_some(StateChange { from, to })
    }

    /// What the device is on a day, under whichever contract.
    fn of_device_on(&self, day: Date) -> LifeState {
        let with_last_day = self.contract.offer.proration == Proration::DaysInclusive;
        let before = day.yesterday().unwrap_or(day);
        let known = |at: Option<Timestamp>| at.filter(|at| *at < self.knowledge.before);
        let since = |at: Option<Timestamp>| known(at).is_some_and(|at| self.zone.day_of(at) <= day);
        let end = if with_last_day { before } else { day };
        if self.ends_at().is_some_and(|at| self.zone.day_of(at) <= end) {
            return LifeState::Ended;
        }
        if self.is_gone_on(day) && (!with_last_day || self.is_gone_on(before)) {
            return LifeState::Gone;
        }
        if since(self.service_at) {
            let rests = if with_last_day {
                self.is_suspended_on(before) && !self.resumes_on(day)
            } else {
                self.is_suspended_on(day)
            };
            let rests = rests || self.is_held_on(day);
            return if rests { LifeState::Suspended } else { LifeState::Active };
        }
        let tested = since(self.test_from).then_some(LifeState::Test);
        let stored = since(self.delivered_at).then_some(LifeState::Stored);
        tested.or(stored).unwrap_or(LifeState::New)
    }

    /// Whether the day is one of service: from the start to the end, neither suspended nor held.
    pub(crate) fn serves_on(&self, day: Date) -> bool {
        let started = self.started_at().is_some_and(|at| self.zone.day_of(at) <= day);
        let ended = self.ends_at().is_some_and(|at| self.zone.day_of(at) <= day);
        started && !ended && !self.is_stopped_on(day)
    }

    /// Whether its service is suspended or held on a day, or its device gone.
    pub(crate) fn is_stopped_on(&self, day: Date) -> bool {
        self.is_suspended_on(day) || self.is_held_on(day) || self.is_gone_on(day)
    }

    /// Whether its device is gone on a day, and no other is in its place.
    fn is_gone_on(&self, day: Date) -> bool {
        let last = self.last_change(day, |action| match action {
            ChangeAction::Lost(loss) => Some(loss.then == AfterLoss::UntilReplaced),
            ChangeAction::Swap(_) => Some(false),
            _ => None,
        });
        last == Some(true)
    }

    /// Whether somebody holds its service on a day.
    pub(crate) fn is_held_on(&self, day: Date) -> bool {
        let lasts = |until: Option<Date>| until.is_none_or(|until| day < until);
        self.held.iter().any(|(from, until)| *from <= day && lasts(*until))
    }

    /// Whether the day is one of service where the day of an end or a suspension is one too.
    pub(crate) fn serves_with_last_day(&self, day: Date) -> bool {
        let started = self.started_at().is_some_and(|at| self.zone.day_of(at) <= day);
        let ended = self.ends_at().is_some_and(|at| self.zone.day_of(at) < day);
        let before = day.yesterday().unwrap_or(day);
        let suspended = self.is_suspended_on(before) && !self.resumes_on(day);
        let gone = self.is_gone_on(before) && self.is_gone_on(day);
        started && !ended && !suspended && !gone && !self.is_held_on(day)
    }

    fn resumes_on(&self, day: Date) -> bool {
        let of_day = |it: &&UnitChanged| self.zone.day_of(it.effective_at) == day;
        self.changes.iter().any(|it| it.action == ChangeAction::Resume && of_day(it))
    }

    fn is_suspended_on(&self, day: Date) -> bool {
        let last = self.last_change(day, |action| {
            matches!(action, ChangeAction::Suspend | ChangeAction::Resume).then_some(action)
        });
        last == Some(&ChangeAction::Suspend)
    }

    /// The plan on a day: that of the last change to one that the offer has, or the first of the
    /// offer before any.
    pub(crate) fn plan_on(&self, day: Date) -> Option<&'a PlanCode> {
        let plans = &self.contract.offer.plans;
        let changed = self.last_change(day, |action| match action {
            ChangeAction::Plan(plan) if plans.contains(plan) => Some(plan),
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

/// What follows the loss that a change reports; none: it reports none.
const fn loss_of(change: &UnitChanged) -> Option<AfterLoss> {
    if let ChangeAction::Lost(loss) = &change.action { Some(loss.then) } else { None }
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
