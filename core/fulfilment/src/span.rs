//! What one unit has of the life of a device that goes through several contracts. Its evidence is
//! that of all the units of the device; its timeline is the part between two take-overs.

use facts::unit::{Held, LifeBefore, ServiceStart, StartEvidence, Timeline};
use facts::{UnitId, UnitTakenOver};
use jiff::Timestamp;

/// From when until when a device is served for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The instant from which it goes on for another, and for which; none: it is the first.
    from: Option<(Timestamp, UnitId)>,
    /// Until when (excluded); none: as long as the device is served.
    until: Option<Timestamp>,
    /// When the contract ends by itself and nobody goes on for it.
    expires_at: Option<Timestamp>,
    /// When another goes on for it.
    passed_on_at: Option<Timestamp>,
}

impl Span {
    /// The span of a unit that goes on for `after`, by the take-overs that are known; the contract
    /// itself ends at `ends_at`. None while it is not known to go on for anybody.
    #[must_use]
    pub fn of(
        unit: &UnitId,
        after: Option<&UnitId>,
        taken_over: &[UnitTakenOver],
        ends_at: Option<Timestamp>,
    ) -> Option<Self> {
        let from = match after {
            None => None,
            Some(after) => {
                let mut begun = taken_over.iter().filter(|it| it.unit == *after && it.by == *unit);
                Some((begun.next()?.at, after.clone()))
            }
        };
        let ended = taken_over.iter().filter(|it| it.unit == *unit).map(|it| it.at).min();
        let expires_at = ends_at.filter(|at| ended.is_none_or(|ended| *at < ended));
        let until = ended.into_iter().chain(ends_at).min();
        Some(Self { from, until, expires_at, passed_on_at: ended })
    }

    /// The part of a timeline that lies in the span. When the device was shipped, delivered and
    /// sent back stays: who bought it is billed for it, whoever has the service.
    #[must_use]
    pub fn cut(&self, mut life: Timeline) -> Timeline {
        life.holdings = life.holdings.into_iter().filter_map(|held| self.held(held)).collect();
        life.before = self.from.as_ref().map(|(passed_on_at, _)| LifeBefore {
            passed_on_at: *passed_on_at,
            stored_from: life.stored_from,
            test_from: life.test_from,
            started_at: life.start.as_ref().map(|it| it.start_at),
        });
        life.passed_on_at = self.passed_on_at;
        life.start = life.start.and_then(|start| self.start(start));
        let in_turn = |at: Timestamp| self.from.as_ref().map_or(at, |it| at.max(it.0));
        life.stored_from = life.stored_from.map(in_turn);
        life.test_from = life.test_from.map(in_turn);
        // A loss is of the contract that ran then.
        let has_begun = |at: Timestamp| self.from.as_ref().is_none_or(|(begun, _)| *begun <= at);
        let is_over = |at: Timestamp| self.until.is_some_and(|until| until <= at);
        life.lost_at = life.lost_at.filter(|at| has_begun(*at) && !is_over(*at));
        let cancelled_at = life.over_at.filter(|at| has_begun(*at) && !is_over(*at));
        life.over_at = cancelled_at.into_iter().chain(self.expires_at).min();
        life.ended_at = life.ended_at.into_iter().chain(self.until).min();
        life
    }

    fn held(&self, mut held: Held) -> Option<Held> {
        // What waits to be swapped in waits for the last unit.
        let Some(from) = held.from else { return self.until.is_none().then_some(held) };
        let begun = self.from.as_ref().map_or(from, |(begun, _)| from.max(*begun));
        held.until = held.until.into_iter().chain(self.until).min();
        held.from = Some(begun);
        held.until.is_none_or(|until| begun < until).then_some(held)
    }

    fn start(&self, start: ServiceStart) -> Option<ServiceStart> {
        let start = match &self.from {
            Some((begun, after)) if start.start_at < *begun => {
                let evidence = StartEvidence::TakenOver { after: after.clone() };
                ServiceStart { start_at: *begun, evidence }
            }
            _ => start,
        };
        self.until.is_none_or(|until| start.start_at < until).then_some(start)
    }
}
