//! The days of each state of a unit, before a horizon: stored from its delivery, tried until its
//! service starts, active or suspended until its end. No day has two. And the days on which the
//! state is another than on the day before.

use std::collections::{BTreeMap, BTreeSet};

use facts::device::{LifeState, ServiceState, StateChange};
use facts::hold::HeldDays;
use facts::unit::Timeline;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Zone;

use crate::service::{days_between, served};
use crate::stopped::{LastDay, rests, without_device};

/// The days on which a unit is in a state, from a day on and before another.
pub(crate) fn days_in(
    state: ServiceState,
    timeline: &Timeline,
    zone: &Zone,
    (from, horizon, last_day): (Date, Date, LastDay),
) -> BTreeSet<Date> {
    let start = timeline.start.as_ref().map(|it| it.start_at);
    let span = Span { timeline, zone, from, horizon, last_day };
    match state {
        ServiceState::Active => served(timeline, zone, (from, horizon), last_day).collect(),
        ServiceState::Stored => span.days(timeline.stored_from, timeline.test_from.or(start)),
        ServiceState::Test => span.days(timeline.test_from, start),
        ServiceState::Suspended => {
            let rests = rests(timeline, zone, last_day);
            let mut days = span.days(start, None);
            days.retain(|day| rests.iter().any(|it| it.has(*day)));
            days
        }
    }
}

/// A unit from a day on and up to a horizon.
struct Span<'a> {
    timeline: &'a Timeline,
    zone: &'a Zone,
    from: Date,
    horizon: Date,
    last_day: LastDay,
}

impl Span<'_> {
    /// The days from the day of an instant to that of another (excluded), at most to the end,
    /// without those on which the device is gone.
    fn days(&self, from: Option<Timestamp>, until: Option<Timestamp>) -> BTreeSet<Date> {
        let Self { timeline, zone, from: first, horizon, last_day } = *self;
        let gone = without_device(timeline, zone, last_day);
        let ended_on = timeline.ended_at.map(|at| last_day.after(zone.day_of(at)));
        let until = until.map(|at| zone.day_of(at));
        let end = ended_on.into_iter().chain(until).fold(horizon, Date::min);
        let days = from.into_iter().flat_map(|at| days_between(zone.day_of(at).max(first), end));
        days.filter(|day| !gone.iter().any(|it| it.has(*day))).collect()
    }
}

/// The days before a day on which a unit is in another state than on the day before. A unit that
/// goes on for another begins in the state that the device was in; that another goes on for it is
/// no end of it.
pub(crate) fn changes(
    timeline: &Timeline,
    zone: &Zone,
    (before, last_day): (Date, LastDay),
) -> BTreeMap<Date, StateChange> {
    let life = Life::of(timeline, zone, last_day);
    let from = timeline.before.map_or(Date::MIN, |it| zone.day_of(it.passed_on_at));
    let until = timeline.passed_on_at.map_or(before, |at| before.min(zone.day_of(at)));
    let days = life.borders().into_iter().filter(|day| from <= *day && *day < until);
    let change = |day: Date| {
        let (from, to) = (life.on(day.yesterday().ok()?), life.on(day));
        (from != to).then_some((day, StateChange { from, to }))
    };
    days.filter_map(change).collect()
}

/// The life of the device of a unit, in days: when each state begins.
struct Life {
    stored_on: Option<Date>,
    tested_on: Option<Date>,
    started_on: Option<Date>,
    ended_on: Option<Date>,
    rests: Vec<HeldDays>,
    gone: Vec<HeldDays>,
}

impl Life {
    fn of(timeline: &Timeline, zone: &Zone, last_day: LastDay) -> Self {
        let started_at = timeline.start.as_ref().map(|it| it.start_at);
        let own = (timeline.stored_from, timeline.test_from, started_at);
        let before = timeline.before.map(|it| (it.stored_from, it.test_from, it.started_at));
        let (stored, tested, started) = before.unwrap_or(own);
        let day = |at: Option<Timestamp>| at.map(|at| zone.day_of(at));
        Self {
            stored_on: day(stored),
            tested_on: day(tested),
            started_on: day(started),
            ended_on: day(timeline.ended_at).map(|day| last_day.after(day)),
            rests: rests(timeline, zone, last_day),
            gone: without_device(timeline, zone, last_day),
        }
    }

    /// Every day on which the state can change.
    fn borders(&self) -> BTreeSet<Date> {
        let begin = [self.stored_on, self.tested_on, self.started_on, self.ended_on];
        let stops = self.rests.iter().chain(&self.gone);
        let stops = stops.flat_map(|it| [Some(it.from), it.until]);
        begin.into_iter().chain(stops).flatten().collect()
    }

    fn on(&self, day: Date) -> LifeState {
        let since = |first: Option<Date>| first.is_some_and(|first| first <= day);
        let is_in = |stops: &[HeldDays]| stops.iter().any(|it| it.has(day));
        if since(self.ended_on) {
            LifeState::Ended
        } else if is_in(&self.gone) {
            LifeState::Gone
        } else if since(self.started_on) {
            if is_in(&self.rests) { LifeState::Suspended } else { LifeState::Active }
        } else if since(self.tested_on) {
            LifeState::Test
        } else if since(self.stored_on) {
            LifeState::Stored
        } else {
            LifeState::New
        }
    }
}
