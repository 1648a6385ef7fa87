//! Holds: independent services stop billing, service or change of a unit, a contract or an account
//! on days of their own, and each is blocked while anyone holds it (`docs/adr/0028-holds.md`).
//!
//! Owns: which hold can be placed and released, and what is held on which days.
//! Does not own: what held days cost (`subscriptions`), whose usage is free then (`metering`).
//! Facts: HoldPlaced, HoldReleased → HoldPlaced, HoldReleased
//! Invariants: what is held depends on the set of holds, never on their order; only who placed a
//! hold releases it; the same request twice changes nothing.
//! Dates: a hold is of whole civil days in the account's zone, from `from` and before `until`; an
//! invoice knows those that were recorded before its day begins.

mod decide;

use std::collections::BTreeMap;

use facts::hold::{Blocked, HeldDays, HoldTarget};
use facts::{HoldId, HoldPlaced, HoldReleased, OrderLineId, UnitId};
use jiff::Timestamp;
use jiff::civil::Date;

pub use decide::{
    Command, PlaceHold, Rejection, ReleaseHold, Standing, place, refuse_change, release,
};

/// The holds of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    placed: BTreeMap<HoldId, HoldPlaced>,
    released: BTreeMap<HoldId, HoldReleased>,
}

/// What a hold can lie on: the account itself, or a unit of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The contract of the unit; none: the account itself is asked about.
    pub line: Option<&'a OrderLineId>,
    /// The unit, and those that it goes on for.
    pub units: &'a [UnitId],
}

impl Place<'_> {
    /// The account itself: what is held of its units alone does not stop it.
    pub const ACCOUNT: Self = Self { line: None, units: &[] };

    fn is_on(self, target: &HoldTarget) -> bool {
        match target {
            HoldTarget::Account => true,
            HoldTarget::Line(line) => self.line == Some(line),
            HoldTarget::Unit(unit) => self.units.contains(unit),
        }
    }
}

/// A hold and the days that it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold<'a> {
    /// As it was placed.
    pub placed: &'a HoldPlaced,
    /// Its days.
    pub days: HeldDays,
}

impl Holds {
    /// What was placed and released, in any order.
    pub fn of(
        placed: impl IntoIterator<Item = HoldPlaced>,
        released: impl IntoIterator<Item = HoldReleased>,
    ) -> Self {
        Self {
            placed: placed.into_iter().map(|it| (it.hold.clone(), it)).collect(),
            released: released.into_iter().map(|it| (it.hold.clone(), it)).collect(),
        }
    }

    /// Joins the holds of another account: those of a unit go on with it.
    pub fn join(&mut self, other: Self) {
        let of_unit = |it: &HoldPlaced| matches!(it.target, HoldTarget::Unit(_));
        self.placed.extend(other.placed.into_iter().filter(|(_, it)| of_unit(it)));
        self.released.extend(other.released);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// Every hold, by name.
    pub fn all(&self) -> impl Iterator<Item = Hold<'_>> {
        self.placed.values().map(|placed| Hold { placed, days: self.days_of(placed) })
    }

    fn days_of(&self, placed: &HoldPlaced) -> HeldDays {
        let until = self.released.get(&placed.hold).map(|it| it.until);
        HeldDays { from: placed.from, until }
    }

    /// What was recorded strictly before an instant.
    #[must_use]
    pub fn known_before(&self, instant: Timestamp) -> Self {
        let mut known = self.clone();
        known.placed.retain(|_, it| it.recorded_at < instant);
        known.released.retain(|_, it| it.recorded_at < instant);
        known
    }

    /// The hold that blocks something on a day, the earliest of several; none: nobody holds it.
    #[must_use]
    pub fn holding(&self, what: Blocked, place: Place<'_>, day: Date) -> Option<Hold<'_>> {
        let of_day = self.blocking(what, place).filter(|it| it.days.has(day));
        of_day.min_by_key(|it| (it.days.from, &it.placed.hold))
    }

    /// The days on which something is blocked, whoever holds it: apart and in order.
    #[must_use]
    pub fn held_days(&self, what: Blocked, place: Place<'_>) -> Vec<HeldDays> {
        merged(self.blocking(what, place).map(|it| it.days))
    }

    fn blocking(&self, what: Blocked, place: Place<'_>) -> impl Iterator<Item = Hold<'_>> {
        self.all()
            .filter(move |it| it.placed.blocks.contains(&what) && place.is_on(&it.placed.target))
    }
}

/// The same days, each once: spans that touch or overlap are one, empty ones are none.
#[must_use]
pub fn merged(days: impl IntoIterator<Item = HeldDays>) -> Vec<HeldDays> {
    let mut spans: Vec<HeldDays> = days.into_iter().collect();
    spans.retain(|it| it.until.is_none_or(|until| it.from < until));
    spans.sort_unstable_by_key(|it| it.from);
    let mut merged: Vec<HeldDays> = Vec::new();
    for next in spans {
        match merged.last_mut() {
            Some(last) if last.until.is_none_or(|until| next.from <= until) => {
                last.until = last.until.zip(next.until).map(|(one, other)| one.max(other));
            }
            _ => merged.push(next),
        }
    }
    merged
}
