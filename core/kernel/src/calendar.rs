//! Zones, civil days as instants, and bill cycles. Zone rules are compiled in, so every machine
//! and every test sees the same daylight saving.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Period;

/// A zone of the IANA database, such as `Europe/Paris`.
#[derive(Clone)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// The name is not in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an IANA time zone; use a name such as Europe/Paris")]
pub struct UnknownZone(pub String);

/// A date leaves the calendar (years −9999 to 9999).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the date leaves the calendar (years -9999 to 9999)")]
pub struct DateOutOfRange;

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The instant at which `day` begins here: 00:00, or the first instant after it where
    /// daylight saving skips midnight.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn start_of(&self, day: Date) -> Result<Timestamp, DateOutOfRange> {
        let midnight =
            self.rules.to_ambiguous_zoned(day.to_datetime(jiff::civil::Time::midnight()));
        let zoned = match midnight.offset() {
            AmbiguousOffset::Gap { before, .. } => {
                // On the clock from before the gap it would be midnight now: the jump is just
                // here, or a little earlier where it leads from before midnight to after it.
                let at = before.to_timestamp(midnight.datetime()).map_err(|_| DateOutOfRange)?;
                return self.last_jump(at);
            }
            _ => midnight.earlier(),
        };
        Ok(zoned.map_err(|_| DateOutOfRange)?.timestamp())
    }

    /// The last change of the rules at or before an instant.
    fn last_jump(&self, at: Timestamp) -> Result<Timestamp, DateOutOfRange> {
        let after = at.checked_add(Span::new().nanoseconds(1)).map_err(|_| DateOutOfRange)?;
        Ok(self.rules.preceding(after).next().map_or(at, |jump| jump.timestamp()))
    }

    /// The civil day here at an instant.
    #[must_use]
    pub fn day_of(&self, instant: Timestamp) -> Date {
        self.local(instant).date()
    }

    /// The civil date and time here at an instant.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.rules.to_datetime(instant)
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownZone(name.to_owned());
        let rules = TimeZone::get(name).map_err(|_| unknown())?;
        // The look-up ignores case: keep the name of the database, so that equal zones are equal.
        let name = rules.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Self { name, rules })
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The day `months` months after `day`: the same day of the month, or the last day of that month
/// where it is shorter. Counted from `day` each time: 31 Jan, 28 Feb, 31 Mar.
///
/// # Errors
/// [`DateOutOfRange`] at the ends of the calendar.
pub fn add_months(day: Date, months: i32) -> Result<Date, DateOutOfRange> {
    let span = Span::new().try_months(months).map_err(|_| DateOutOfRange)?;
    day.checked_add(span).map_err(|_| DateOutOfRange)
}

/// The day `days` days after `day`.
///
/// # Errors
/// [`DateOutOfRange`] at the ends of the calendar.
pub fn add_days(day: Date, days: i32) -> Result<Date, DateOutOfRange> {
    let span = Span::new().try_days(days).map_err(|_| DateOutOfRange)?;
    day.checked_add(span).map_err(|_| DateOutOfRange)
}

/// A monthly bill cycle: periods begin on one day of the month, 1 to 31, or on the last day of
/// the months that do not have it (31 = end of month; `reference/commercial-systems.md` §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct BillCycle {
    day: i8,
}

/// A bill cycle day is 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a bill cycle day; use 1 to 31 (31 = the last day of every month)")]
pub struct BadCycleDay(pub u8);

impl BillCycle {
    /// A cycle that begins on this day of the month.
    ///
    /// # Errors
    /// [`BadCycleDay`] unless 1 to 31.
    pub fn new(day: u8) -> Result<Self, BadCycleDay> {
        match i8::try_from(day) {
            Ok(day @ 1..=31) => Ok(Self { day }),
            _ => Err(BadCycleDay(day)),
        }
    }

    /// The boundary that falls in the month of `day`.
    fn boundary_in_month_of(self, day: Date) -> Date {
        let last = day.last_of_month();
        last.with().day(self.day.min(last.day())).build().unwrap_or(last)
    }

    /// Whether a bill period begins on `day`.
    #[must_use]
    pub fn begins_on(self, day: Date) -> bool {
        self.boundary_in_month_of(day) == day
    }

    /// The bill period that contains `day`.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn period_of(self, day: Date) -> Result<Period, DateOutOfRange> {
        let here = self.boundary_in_month_of(day);
        let neighbour = |months| -> Result<Date, DateOutOfRange> {
            Ok(self.boundary_in_month_of(add_months(day.first_of_month(), months)?))
        };
        let (from, to) = if here <= day { (here, neighbour(1)?) } else { (neighbour(-1)?, here) };
        Period::new(from, to).map_err(|_| DateOutOfRange)
    }

    /// The first day after `day` on which a bill period begins.
    ///
    /// # Errors
    /// [`DateOutOfRange`] at the ends of the calendar.
    pub fn next_after(self, day: Date) -> Result<Date, DateOutOfRange> {
        Ok(self.period_of(day)?.to())
    }
}

impl TryFrom<u8> for BillCycle {
    type Error = BadCycleDay;

    fn try_from(day: u8) -> Result<Self, Self::Error> {
        Self::new(day)
    }
}

impl From<BillCycle> for u8 {
    fn from(cycle: BillCycle) -> Self {
        cycle.day.unsigned_abs()
    }
}
