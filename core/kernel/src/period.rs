//! Half-open runs of civil days: the first day is in, the end day is out, so that periods that
//! follow each other tile without a gap or an overlap.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The days from `from` (included) to `to` (excluded). Never empty, never reversed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct Period {
    from: Date,
    to: Date,
}

#[derive(Serialize, Deserialize)]
struct Bounds {
    from: Date,
    to: Date,
}

/// The end of a period must be after its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period ends after its first day, but {to} is not after {from}")]
pub struct EmptyPeriod {
    /// The first day.
    pub from: Date,
    /// The end day, excluded.
    pub to: Date,
}

impl Period {
    /// The days from `from` (included) to `to` (excluded).
    ///
    /// # Errors
    /// [`EmptyPeriod`] unless `from < to`.
    pub fn new(from: Date, to: Date) -> Result<Self, EmptyPeriod> {
        if from < to { Ok(Self { from, to }) } else { Err(EmptyPeriod { from, to }) }
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> Date {
        self.from
    }

    /// The end day, which is not part of the period.
    #[must_use]
    pub const fn to(self) -> Date {
        self.to
    }

    /// Number of days, at least 1.
    #[must_use]
    pub fn days(self) -> i64 {
        i64::from((self.to - self.from).get_days())
    }

    /// Its days, in order.
    pub fn each_day(self) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.from), |day| day.tomorrow().ok())
            .take_while(move |day| *day < self.to)
    }

    /// Whether `day` is one of the period's days.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.to
    }

    /// The common days of two periods, if there are any.
    #[must_use]
    pub fn overlap(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to)).ok()
    }
}

impl TryFrom<Bounds> for Period {
    type Error = EmptyPeriod;

    fn try_from(bounds: Bounds) -> Result<Self, Self::Error> {
        Self::new(bounds.from, bounds.to)
    }
}

impl From<Period> for Bounds {
    fn from(period: Period) -> Self {
        Self { from: period.from, to: period.to }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
