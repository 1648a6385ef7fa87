//! Charge periods: how long one is, and from where they are counted (`reference/
//! commercial-systems.md` §2.2). Those of one charge tile: each begins where the one before ends.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::bill_calendar::Tile;
use crate::calendar::{DateOutOfRange, add_days, add_months};
use crate::{BillCalendar, BillCycle, Period};

/// The length of a charge period. The number is at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// So many times seven days.
    Weeks(u16),
    /// So many calendar months.
    Months(u16),
}

impl Interval {
    /// The charge period that contains a day, counted from an anchor: the first day of one of
    /// them. Months are counted from the anchor each time: 31 Jan, 30 Apr, 31 Jul.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn period_of(self, anchor: Date, day: Date) -> Result<Period, DateOutOfRange> {
        let boundary = |number: i32| match self {
            Self::Weeks(weeks) => add_days(anchor, scaled(number, 7 * i32::from(weeks))?),
            Self::Months(months) => add_months(anchor, scaled(number, i32::from(months))?),
        };
        let number = match self {
            Self::Weeks(weeks) => (day - anchor).get_days().div_euclid(7 * i32::from(weeks.max(1))),
            Self::Months(months) => {
                let number = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
                let number = (number(day) - number(anchor)).div_euclid(i32::from(months.max(1)));
                if boundary(number)? > day { number - 1 } else { number }
            }
        };
        Period::new(boundary(number)?, boundary(number + 1)?).map_err(|_| DateOutOfRange)
    }

    /// The charge period that contains a day, counted in the calendar: months from January, each
    /// from the bill day; weeks from Monday. Where the bill day changes, the charge period that
    /// runs goes on to its end.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn in_calendar(self, calendar: &BillCalendar, day: Date) -> Result<Tile, DateOutOfRange> {
        calendar.tile_by(day, |cycle, day| self.in_cycle(cycle, day))
    }

    fn in_cycle(self, cycle: BillCycle, day: Date) -> Result<Period, DateOutOfRange> {
        /// The first Monday of the calendar as it is counted here.
        const MONDAY: Date = Date::constant(1, 1, 1);
        let Self::Months(months) = self else { return self.period_of(MONDAY, day) };
        let month = cycle.period_of(day)?.from();
        let since = i32::from(month.year()) * 12 + i32::from(month.month()) - 1;
        let passed = since.rem_euclid(i32::from(months.max(1)));
        let begins = |later: i32| -> Result<Date, DateOutOfRange> {
            let first = add_months(month.first_of_month(), later)?;
            Ok(cycle.period_of(first.last_of_month())?.from())
        };
        let (from, to) = (begins(-passed)?, begins(i32::from(months) - passed)?);
        Period::new(from, to).map_err(|_| DateOutOfRange)
    }

    /// How many months it has, where it is counted in months.
    #[must_use]
    pub const fn months(self) -> Option<u16> {
        if let Self::Months(months) = self { Some(months) } else { None }
    }
}

fn scaled(number: i32, by: i32) -> Result<i32, DateOutOfRange> {
    number.checked_mul(by).ok_or(DateOutOfRange)
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weeks(weeks) => write!(f, "{weeks} weeks"),
            Self::Months(months) => write!(f, "{months} months"),
        }
    }
}
