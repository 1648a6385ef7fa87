//! Bill periods of an account whose bill day changes: a dated list of cycles, and periods that tile
//! whatever the list says (`docs/adr/0030`).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::DateOutOfRange;
use crate::{BillCycle, Period};

/// Another cycle, from a day on: the period that runs on it goes on to its end, and the periods of
/// the other cycle follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CycleChange {
    /// The first day of the change.
    pub from: Date,
    /// The cycle after it.
    pub day: BillCycle,
}

/// The bill cycles of an account, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct BillCalendar {
    first: BillCycle,
    changes: Vec<CycleChange>,
}

/// A cycle that never changes is stored as its day alone.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Always(BillCycle),
    Changing { day: BillCycle, changes: Vec<CycleChange> },
}

/// Changes must be in the order of their days, each of another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the change of {next} is not after that of {before}")]
pub struct ChangesNotInOrder {
    /// The day of a change.
    pub before: Date,
    /// The day of the one after it.
    pub next: Date,
}

/// A period of a calendar, and the period that its price is for: the same, but for a bridging
/// period, which is the last part of a period of the new cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// What is billed together.
    pub period: Period,
    /// What the whole price is for. It contains `period`.
    pub whole: Period,
}

impl From<Period> for Tile {
    fn from(period: Period) -> Self {
        Self { period, whole: period }
    }
}

impl BillCalendar {
    /// A cycle, and the changes of it.
    ///
    /// # Errors
    /// [`ChangesNotInOrder`].
    pub fn new(first: BillCycle, changes: Vec<CycleChange>) -> Result<Self, ChangesNotInOrder> {
        for pair in changes.windows(2) {
            if let [before, next] = pair
                && before.from >= next.from
            {
                return Err(ChangesNotInOrder { before: before.from, next: next.from });
            }
        }
        Ok(Self { first, changes })
    }

    /// The cycle before all changes.
    #[must_use]
    pub const fn first(&self) -> BillCycle {
        self.first
    }

    /// The changes, in the order of their days.
    #[must_use]
    pub fn changes(&self) -> &[CycleChange] {
        &self.changes
    }

    /// The bill period that contains `day`.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn period_of(&self, day: Date) -> Result<Period, DateOutOfRange> {
        Ok(self.tile_of(day)?.period)
    }

    /// As [`Self::period_of`], with the period that its price is for.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn tile_of(&self, day: Date) -> Result<Tile, DateOutOfRange> {
        self.tile_by(day, BillCycle::period_of)
    }

    /// The first day after `day` on which a bill period begins.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn next_after(&self, day: Date) -> Result<Date, DateOutOfRange> {
        Ok(self.period_of(day)?.to())
    }

    /// The first day of the first bill period that another calendar does not have; none when they
    /// are one. Before all days when they begin differently.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn differs_from(&self, other: &Self) -> Result<Option<Date>, DateOutOfRange> {
        if self.first != other.first {
            return Ok(Some(Date::MIN));
        }
        let same = self.changes.iter().zip(&other.changes).take_while(|(a, b)| a == b).count();
        let next = |it: &Self| it.changes.get(same).map(|it| it.from);
        let Some(from) = next(self).into_iter().chain(next(other)).min() else { return Ok(None) };
        let common = Self { first: self.first, changes: self.changes[..same].to_vec() };
        let period = common.period_of(from)?;
        Ok(Some(if period.from() == from { from } else { period.to() }))
    }

    /// Whether two calendars have the same periods, from the one of a day on.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn agrees_from(&self, other: &Self, day: Date) -> Result<bool, DateOutOfRange> {
        let changes = self.changes.iter().chain(&other.changes).map(|it| it.from);
        let last = changes.max().unwrap_or(day).max(day);
        let mut period = self.period_of(day)?;
        // After the last change: the period that runs on, the bridging one, and one of the cycle.
        let mut settled = 0;
        while settled < 3 {
            if other.period_of(period.from())? != period {
                return Ok(false);
            }
            settled += i32::from(period.from() > last);
            period = self.period_of(period.to())?;
        }
        Ok(true)
    }

    /// The tile of a day, where each cycle has periods of its own: a change waits for the end of
    /// the period that runs on its day.
    pub(crate) fn tile_by(
        &self,
        day: Date,
        period_of: impl Fn(BillCycle, Date) -> Result<Period, DateOutOfRange>,
    ) -> Result<Tile, DateOutOfRange> {
        let (mut cycle, mut begins) = (self.first, Date::MIN);
        for change in &self.changes {
            if change.from > begins {
                let running = period_of(cycle, change.from)?;
                let ends = if running.from() == change.from { change.from } else { running.to() };
                if day < ends {
                    break;
                }
                begins = ends;
            }
            cycle = change.day;
        }
        let whole = period_of(cycle, day)?;
        let period = Period::new(whole.from().max(begins), whole.to());
        Ok(Tile { period: period.map_err(|_| DateOutOfRange)?, whole })
    }
}

impl From<BillCycle> for BillCalendar {
    fn from(first: BillCycle) -> Self {
        Self { first, changes: Vec::new() }
    }
}

impl TryFrom<Stored> for BillCalendar {
    type Error = ChangesNotInOrder;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        match stored {
            Stored::Always(first) => Ok(first.into()),
            Stored::Changing { day, changes } => Self::new(day, changes),
        }
    }
}

impl From<BillCalendar> for Stored {
    fn from(it: BillCalendar) -> Self {
        let BillCalendar { first, changes } = it;
        if changes.is_empty() {
            Self::Always(first)
        } else {
            Self::Changing { day: first, changes }
        }
    }
}
