//! Days on which a unit in service is not served: it is suspended, somebody holds it, or its
//! device is gone and no other is in its place. Where the
//! offer says so, such days that were paid in advance are used after the service goes on.

use std::collections::{BTreeSet, VecDeque};

use facts::hold::HeldDays;
use facts::offer::{AfterLoss, Proration};
use facts::unit::{ChangeAction, Timeline};
use jiff::civil::Date;
use kernel::Zone;

/// Whether the day on which service ends, or is suspended, is a service day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastDay {
    Excluded,
    Included,
}

impl LastDay {
    pub const fn of(policy: Proration) -> Self {
        if matches!(policy, Proration::DaysInclusive) { Self::Included } else { Self::Excluded }
    }

    /// The first day without service, of an end on a day.
    pub fn after(self, day: Date) -> Date {
        match self {
            Self::Excluded => day,
            Self::Included => day.tomorrow().unwrap_or(day),
        }
    }
}

/// The suspensions and the holds of a unit, and the time without a device: each from its first day
/// without service to the day on which it is over.
pub(crate) fn stops(timeline: &Timeline, zone: &Zone, last_day: LastDay) -> Vec<HeldDays> {
    let mut stops = rests(timeline, zone, last_day);
    stops.extend(without_device(timeline, zone, last_day));
    stops
}

/// The suspensions and the holds of a unit.
pub(crate) fn rests(timeline: &Timeline, zone: &Zone, last_day: LastDay) -> Vec<HeldDays> {
    let suspended = between(timeline, (zone, last_day), |action| match action {
        ChangeAction::Suspend => Some(Turn::Stops),
        ChangeAction::Resume => Some(Turn::GoesOn),
        _ => None,
    });
    timeline.held.iter().copied().chain(suspended).collect()
}

/// The time in which the device of a unit is gone and no other in its place.
pub(crate) fn without_device(timeline: &Timeline, zone: &Zone, last_day: LastDay) -> Vec<HeldDays> {
    between(timeline, (zone, last_day), |action| match action {
        ChangeAction::Lost(loss) if loss.then == AfterLoss::UntilReplaced => Some(Turn::Stops),
        ChangeAction::Swap(_) => Some(Turn::GoesOn),
        _ => None,
    })
}

/// What a change does to a service.
enum Turn {
    Stops,
    GoesOn,
}

/// The time between each first change that stops a service and the next with which it goes on.
fn between(
    timeline: &Timeline,
    (zone, last_day): (&Zone, LastDay),
    turn: impl Fn(&ChangeAction) -> Option<Turn>,
) -> Vec<HeldDays> {
    let (mut stops, mut since) = (Vec::new(), None);
    for change in &timeline.changes {
        let day = zone.day_of(change.effective_at);
        match (turn(&change.action), since) {
            (Some(Turn::Stops), None) => since = Some(last_day.after(day)),
            (Some(Turn::GoesOn), Some(from)) => {
                stops.push(HeldDays { from, until: Some(day) });
                since = None;
            }
            _ => {}
        }
    }
    stops.extend(since.map(|from| HeldDays { from, until: None }));
    stops
}

/// Days to charge and days to give back, when paid days that were stopped are used later: each
/// stands in for the next day that is to be charged. What is left waits while it can be used.
pub(crate) fn used_later(
    to_charge: Vec<Date>,
    to_give_back: Vec<Date>,
    stops: &[HeldDays],
    can_be_used: bool,
) -> (Vec<Date>, Vec<Date>) {
    let is_stopped = |day: &Date| stops.iter().any(|it| it.has(*day));
    let (stopped, mut given_back): (Vec<Date>, Vec<Date>) =
        to_give_back.into_iter().partition(is_stopped);
    let mut paid: VecDeque<Date> = stopped.into();
    let mut charged = to_charge;
    charged.retain(|day| {
        let stands_in = paid.front().is_some_and(|paid| paid < day);
        if stands_in {
            paid.pop_front();
        }
        !stands_in
    });
    if !can_be_used {
        given_back.extend(paid);
        given_back = given_back.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    }
    (charged, given_back)
}
