//! The timeline of a unit: a function of the set of facts about it, whatever their order.

use std::collections::BTreeSet;

use facts::offer::{
    AfterDeadline, AfterLoss, Milestone, StartPolicy, StartTrigger, TestState, UsageThreshold,
};
use facts::unit::{
    ChangeAction, Held, Loss, MissedDeadline, ServiceStart, ShipmentReason, StartEvidence, Timeline,
};
use facts::{
    DeviceSignalled, ItemDelivered, ItemShipped, OrderLineId, UnitChanged, UnitTakenOver, UnitUsed,
};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;
use kernel::calendar::add_days;

use crate::used::Uses;

/// Everything recorded about one unit and the devices that it held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitEvidence {
    /// Its shipments.
    pub shipments: Vec<ItemShipped>,
    /// Their deliveries.
    pub deliveries: Vec<ItemDelivered>,
    /// Its amendments.
    pub changes: Vec<UnitChanged>,
    /// The signals of every serial that it ever held; others do no harm.
    pub signals: Vec<DeviceSignalled>,
    /// Which units went on for it, and for those that did.
    pub taken_over: Vec<UnitTakenOver>,
    /// What the log of usage said of it, again and again.
    pub used: Vec<UnitUsed>,
}

impl UnitEvidence {
    /// Without sales that name another order line than the unit's: such a report is wrong, and
    /// would have been refused had its order been known first.
    #[must_use]
    pub fn of_line(mut self, line: &OrderLineId) -> Self {
        let belongs =
            |it: &ItemShipped| it.reason == ShipmentReason::Replacement || it.order_line == *line;
        self.shipments.retain(belongs);
        self
    }

    /// With what is recorded about another unit of the same device.
    pub fn join(&mut self, other: Self) {
        self.shipments.extend(other.shipments);
        self.deliveries.extend(other.deliveries);
        self.changes.extend(other.changes);
        self.signals.extend(other.signals);
        self.taken_over.extend(other.taken_over);
        self.used.extend(other.used);
    }

    /// What was known strictly before an instant (`data/smart-fleet/README.md` §1.2): a
    /// shipment, delivery and signal by its own instant, an amendment by when it was recorded.
    #[must_use]
    pub fn known_before(&self, instant: Timestamp) -> Self {
        let mut known = self.clone();
        known.shipments.retain(|it| it.shipped_at < instant);
        known.deliveries.retain(|it| it.delivered_at < instant);
        known.changes.retain(|it| it.recorded_at < instant);
        known.signals.retain(|it| it.signalled_at < instant);
        known.taken_over.retain(|it| it.agreed_at < instant);
        known.used.retain(|it| it.known_before <= instant);
        known
    }

    /// The last that the log of usage said of it.
    #[must_use]
    pub fn last_used(&self) -> Option<&UnitUsed> {
        self.used.iter().max_by_key(|it| (it.known_before, it.revision))
    }
}

/// How the service of a unit starts.
#[derive(Debug, Clone, Copy)]
pub struct StartRule<'a> {
    /// The policy of the offer.
    pub policy: &'a StartPolicy,
    /// The signal types that count as activation, from the fulfilment specs of the components.
    pub activation_signals: &'a BTreeSet<String>,
    /// Civil day of the order under which the device was sold.
    pub ordered_on: Date,
    /// Zone of the account, in which days begin.
    pub zone: &'a Zone,
}

/// Works out what a unit holds and when its service starts.
#[must_use]
pub fn timeline(evidence: &UnitEvidence, rule: StartRule<'_>) -> Timeline {
    timeline_with(evidence, evidence.last_used().map(Uses::from).unwrap_or_default(), rule)
}

/// The same by what usage says.
pub(crate) fn timeline_with(evidence: &UnitEvidence, used: Uses, rule: StartRule<'_>) -> Timeline {
    let mut changes = evidence.changes.clone();
    changes.sort_by(|a, b| {
        (a.effective_at, a.recorded_at, &a.change).cmp(&(b.effective_at, b.recorded_at, &b.change))
    });
    let sale = evidence
        .shipments
        .iter()
        .filter(|it| it.reason == ShipmentReason::Sale)
        .min_by_key(|it| (it.shipped_at, &it.shipment));
    let delivered_at = sale.and_then(|sale| {
        let of_sale = evidence.deliveries.iter().filter(|it| it.shipment == sale.shipment);
        of_sale.map(|it| it.delivered_at).min()
    });
    let first = |action: ChangeAction| {
        let of_action = changes.iter().filter(|it| it.action == action);
        of_action.map(|it| it.effective_at).min()
    };
    let returned_at = first(ChangeAction::Return);
    let lost = |ends: bool| {
        let is_it = move |loss: &Loss| !ends || loss.then == AfterLoss::Ends;
        losses(&changes).filter(move |(_, loss)| is_it(loss)).map(|(at, _)| at).min()
    };
    let (lost_at, lost_for_good_at) = (lost(false), lost(true));
    let ends = [returned_at, first(ChangeAction::Cancel), lost_for_good_at];
    let ended_at = ends.into_iter().flatten().min();
    let mut timeline = Timeline {
        holdings: holdings(sale, &evidence.shipments, &changes, ended_at),
        shipped_at: sale.map(|it| it.shipped_at),
        delivered_at,
        accepted_at: first(ChangeAction::Accept).zip(delivered_at).map(|(at, since)| at.max(since)),
        start: None,
        stored_from: delivered_at,
        test_from: None,
        missed: None,
        returned_at,
        lost_at,
        ended_at,
        over_at: first(ChangeAction::Cancel),
        before: None,
        passed_on_at: None,
        changes,
        held: Vec::new(),
    };
    let begun = service_start(&timeline, (&evidence.signals, used), rule);
    timeline.missed = missed(&timeline, begun.as_ref(), rule);
    if let Some(lapsed_at) = timeline.lapsed_at() {
        timeline.ended_at = Some(lapsed_at);
        // What is not sold goes back.
        timeline.over_at = timeline.over_at.into_iter().chain([lapsed_at]).min();
        timeline.lost_at = timeline.lost_at.filter(|at| *at < lapsed_at);
        timeline.holdings = holdings(sale, &evidence.shipments, &timeline.changes, Some(lapsed_at));
        return timeline;
    }
    let test = rule.policy.test.as_ref();
    timeline.test_from = begun.as_ref().and_then(|it| test.map(|_| it.start_at));
    timeline.start = begun.and_then(|begun| match test {
        Some(test) => after_test(begun, (test, used.used_up_on), rule.zone),
        None => Some(begun),
    });
    timeline
}

/// The deadline of the policy, where nothing came before it and the unit did not end otherwise.
fn missed(
    timeline: &Timeline,
    begun: Option<&ServiceStart>,
    rule: StartRule<'_>,
) -> Option<MissedDeadline> {
    let then = rule.policy.deadline?.then;
    let (at, _) = deadline(timeline, rule)?;
    let came = match then {
        AfterDeadline::Cancel => begun.is_some_and(|it| it.start_at < at),
        AfterDeadline::Start | AfterDeadline::Report => begun.is_some(),
    };
    let has_ended = timeline.ended_at.is_some_and(|ended| ended <= at);
    (!came && !has_ended).then_some(MissedDeadline { at, then })
}

/// The instant of the deadline, and why then; none: what it is counted from has not happened.
fn deadline(timeline: &Timeline, rule: StartRule<'_>) -> Option<(Timestamp, StartEvidence)> {
    let deadline = rule.policy.deadline?;
    let counted_from = match deadline.after.milestone() {
        Some(milestone) => timeline.reached(milestone)?,
        None => rule.zone.start_of(rule.ordered_on).ok()?,
    };
    let at = days_later(counted_from, deadline.days, rule.zone)?;
    let (after, days) = (deadline.after, deadline.days);
    Some((at, StartEvidence::Deadline { after, counted_from, days }))
}

/// The start of a service that is tried first: when its days are over, or what ends it is used.
fn after_test(
    begun: ServiceStart,
    (test, used_up_on): (&TestState, Option<Date>),
    zone: &Zone,
) -> Option<ServiceStart> {
    let (since, days) = (begun.start_at, test.days);
    let over_at = days_later(since, days, zone)?;
    let began = Box::new(begun.evidence);
    let used_up = test.until.clone().zip(used_up_on).and_then(|(until, on)| {
        let start_at = zone.start_of(on.tomorrow().ok()?).ok()?;
        Some((start_at, until, on)).filter(|_| since < start_at && start_at < over_at)
    });
    Some(match used_up {
        Some((start_at, UsageThreshold { meter, quantity }, on)) => {
            let evidence = StartEvidence::UsedUp { since, began, meter, quantity, on };
            ServiceStart { start_at, evidence }
        }
        None => {
            let evidence = StartEvidence::Tested { since, began, days };
            ServiceStart { start_at: over_at, evidence }
        }
    })
}

/// When a device was lost or stolen, and what followed.
fn losses(changes: &[UnitChanged]) -> impl Iterator<Item = (Timestamp, Loss)> {
    changes.iter().filter_map(|it| match it.action {
        ChangeAction::Lost(loss) => Some((it.effective_at, loss)),
        _ => None,
    })
}

/// The first serial from its shipment, each replacement from its swap, each until the next swap
/// or the end (`data/smart-fleet/README.md` §5.6).
fn holdings(
    sale: Option<&ItemShipped>,
    shipments: &[ItemShipped],
    changes: &[UnitChanged],
    ended_at: Option<Timestamp>,
) -> Vec<Held> {
    let first = sale.map(|it| (it.serial.clone(), it.shipped_at));
    let swaps = changes.iter().filter_map(|it| match &it.action {
        ChangeAction::Swap(serial) => Some((serial.clone(), it.effective_at)),
        _ => None,
    });
    let mut held: Vec<Held> = Vec::new();
    for (serial, from) in first.into_iter().chain(swaps) {
        if let Some(before) = held.last_mut() {
            before.until = Some(from);
        }
        held.push(Held { serial, from: Some(from), until: None });
    }
    for it in &mut held {
        // A swap that takes effect after the end must not keep the device until then.
        it.until = it.until.into_iter().chain(ended_at).min();
        // Whoever has a device that is gone does not use it for the unit.
        let gone = losses(changes).map(|(at, _)| at).filter(|at| it.from <= Some(*at));
        it.until = it.until.into_iter().chain(gone).min();
    }
    let waiting: BTreeSet<_> = shipments
        .iter()
        .map(|it| &it.serial)
        .filter(|serial| !held.iter().any(|it| it.serial == **serial))
        .cloned()
        .collect();
    held.extend(waiting.into_iter().map(|serial| Held { serial, from: None, until: None }));
    held
}

/// The earliest of the triggers that the policy names, not before its milestone.
fn service_start(
    timeline: &Timeline,
    (signals, used): (&[DeviceSignalled], Uses),
    rule: StartRule<'_>,
) -> Option<ServiceStart> {
    let not_before = match rule.policy.not_before {
        None => Timestamp::MIN,
        Some(milestone) => timeline.reached(milestone)?,
    };
    let candidates = rule.policy.first_of.iter().filter_map(|trigger| match trigger {
        StartTrigger::Activated => activation(timeline, signals, not_before, rule),
        StartTrigger::DaysAfter { milestone, days } => {
            days_after(timeline, *milestone, *days, rule.zone)
        }
        StartTrigger::At(milestone) => {
            let start_at = timeline.reached(*milestone)?;
            let evidence = match milestone {
                Milestone::Shipped => StartEvidence::Shipped,
                Milestone::Delivered => StartEvidence::Delivered,
                Milestone::Accepted => StartEvidence::Accepted,
            };
            Some(ServiceStart { start_at, evidence })
        }
        StartTrigger::FirstUsage => {
            let start_at = used.first_at?;
            Some(ServiceStart { start_at, evidence: StartEvidence::Used })
        }
    });
    // Who did nothing until the deadline has the service as soon as it may start.
    let starts = rule.policy.deadline.filter(|it| it.then == AfterDeadline::Start);
    let at_deadline = starts.and_then(|_| deadline(timeline, rule));
    let at_deadline =
        at_deadline.map(|(at, evidence)| ServiceStart { start_at: at.max(not_before), evidence });
    // `min_by_key` keeps the first of equals: the order of the policy decides.
    let in_time = candidates.filter(|start| start.start_at >= not_before);
    in_time.chain(at_deadline).min_by_key(|start| start.start_at)
}

/// The first signal, not before the milestone, of a serial that the unit held at that time. Of
/// signals at one instant the smallest source and id count, so that arrival order does not.
fn activation(
    timeline: &Timeline,
    signals: &[DeviceSignalled],
    not_before: Timestamp,
    rule: StartRule<'_>,
) -> Option<ServiceStart> {
    signals
        .iter()
        .filter(|it| it.signalled_at >= not_before)
        .filter(|it| rule.activation_signals.contains(&it.event_type))
        .filter(|it| {
            let held = |held: &Held| held.serial == it.serial && held.at(it.signalled_at);
            timeline.holdings.iter().any(held)
        })
        .min_by_key(|it| (it.signalled_at, &it.source, &it.id))
        .map(|it| ServiceStart {
            start_at: it.signalled_at,
            evidence: StartEvidence::Activated {
                source: it.source.clone(),
                id: it.id.clone(),
                serial: it.serial.clone(),
            },
        })
}

/// 00:00 in the account's zone, so many days after the milestone's day.
fn days_after(
    timeline: &Timeline,
    milestone: Milestone,
    days: u16,
    zone: &Zone,
) -> Option<ServiceStart> {
    let counted_from = timeline.reached(milestone)?;
    let start_at = days_later(counted_from, days, zone)?;
    let evidence = StartEvidence::Fallback { milestone, counted_from, days };
    Some(ServiceStart { start_at, evidence })
}

/// 00:00 of the day so many days after that of an instant.
fn days_later(instant: Timestamp, days: u16, zone: &Zone) -> Option<Timestamp> {
    let day = add_days(zone.day_of(instant), i32::from(days)).ok()?;
    zone.start_of(day).ok()
}
