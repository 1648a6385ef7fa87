//! The days of each state of a unit, before a horizon: stored from its delivery, tried until its
//! service starts, active or suspended until its end. No day has two.

use std::collections::BTreeSet;

use facts::device::ServiceState;
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
