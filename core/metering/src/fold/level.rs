//! A level times how long it is held.

use facts::meter::TimeUnit;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use kernel::{Exact, Overflow};

use super::Told;
use super::gather::Gather;
use super::spread::Pieces;

/// Each reading holds from its instant until the next one of the device, until the device is in
/// other hands, or until the end of what is known. Of readings at one instant the last in the order
/// of points holds, which is the greatest. A free reading sets the level; what is held before the
/// start of service, or while it is held, is free.
pub(super) fn fold<'a>(
    told: impl Iterator<Item = Told<'a>>,
    per: TimeUnit,
    arrived_before: Date,
    gather: &mut Gather<'a>,
) -> Result<(), Overflow> {
    let horizon = start_of(arrived_before).checked_add(SignedDuration::from_hours(24));
    let horizon = horizon.unwrap_or(Timestamp::MAX);
    let mut told = told.peekable();
    while let Some(it) = told.next() {
        let at = it.point.happened_at;
        if it.accepted {
            gather.add_exact(&it.holder.unit, &it.point.dimensions, at, Exact::ZERO, 1)?;
        }
        let next = told.peek().map_or(horizon, |next| next.point.happened_at.min(horizon));
        if it.point.value.is_zero() {
            continue;
        }
        for (from, to) in it.billed(at, next) {
            let mut before = 0;
            for piece in Pieces::new(from, to)? {
                let (from, passed) = piece?;
                let held = exact_time(passed - before, per)?.times(it.point.value.exact())?;
                before = passed;
                gather.add_exact(&it.holder.unit, &it.point.dimensions, from, held, 0)?;
            }
        }
    }
    Ok(())
}

/// A length in a unit of time.
pub(super) fn exact_time(length: i64, per: TimeUnit) -> Result<Exact, Overflow> {
    Exact::ratio(i128::from(length), i128::from(per.microseconds()))
}

/// The start of a day in UTC.
pub(super) fn start_of(day: Date) -> Timestamp {
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}
