//! What one taken event measured, with numbers for its names.

use std::cell::RefCell;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Quantity;
use rust_decimal::Decimal;

use crate::IndexError;
use crate::bytes::take_u32;
use crate::column::{self, Columns};
use crate::run::{Entry, Kind, Run};

/// A reading. The order of the fields is the order of the runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reading {
    /// The subject in the upper 32 bits, the track in the lower.
    pub series: u64,
    /// Microseconds since 1970.
    pub at: i64,
    pub value: Quantity,
    pub dimensions: u32,
    /// Civil day of arrival, see [`pack_day`].
    pub day: u32,
    pub segment: u32,
}

impl Reading {
    /// The number of the subject.
    pub(crate) const fn subject(&self) -> u32 {
        (self.series >> 32) as u32
    }

    /// The number of the track.
    pub(crate) const fn track(&self) -> u32 {
        self.series as u32
    }

    /// When it happened; nothing if the number is none, which no file with a checksum holds.
    pub(crate) fn happened_at(&self) -> Option<Timestamp> {
        let within = i32::try_from(self.at.rem_euclid(1_000_000)).ok()?;
        Timestamp::new(self.at.div_euclid(1_000_000), within * 1_000).ok()
    }
}

/// All readings of a subject lie from the first number to the second.
pub(crate) const fn series_of(subject: u32) -> (u64, u64) {
    let first = (subject as u64) << 32;
    (first, first | u32::MAX as u64)
}

/// A civil day as a number that sorts like it: year, month and day side by side.
pub(crate) fn pack_day(day: Date) -> u32 {
    let year = u32::from(day.year().cast_unsigned() ^ 0x8000);
    let (month, day) = (day.month().cast_unsigned(), day.day().cast_unsigned());
    year << 16 | u32::from(month) << 8 | u32::from(day)
}

/// The civil day of a number of [`pack_day`].
pub(crate) fn unpack_day(packed: u32) -> Option<Date> {
    let [high, low, month, day] = packed.to_be_bytes();
    let year = (u16::from_be_bytes([high, low]) ^ 0x8000).cast_signed();
    Date::new(year, month.cast_signed(), day.cast_signed()).ok()
}

thread_local! {
    /// Room to encode and decode blocks in.
    static ROOM: RefCell<Room> = RefCell::default();
}

#[derive(Default)]
struct Room {
    columns: Columns,
    series: Vec<u64>,
    numbers: Vec<u64>,
    /// The lower and the upper half of the digits.
    low: Vec<u64>,
    high: Vec<u64>,
}

/// Microseconds of the units that times can be whole numbers of: seconds, milliseconds.
const UNITS: [i64; 3] = [1_000_000, 1_000, 1];

impl Entry for Reading {
    const KIND: Kind = Kind::Readings;

    fn head(&self) -> u64 {
        self.series
    }

    fn encode(entries: &[Self], out: &mut Vec<u8>) {
        ROOM.with_borrow_mut(|room| room.encode(entries, out));
    }

    fn decode(bytes: &[u8], count: usize, into: &mut Vec<Self>) -> Option<()> {
        ROOM.with_borrow_mut(|room| room.decode(bytes, count, (0, u64::MAX), into))
    }
}

impl Room {
    fn encode(&mut self, entries: &[Reading], out: &mut Vec<u8>) {
        let unit = UNITS.iter().find(|unit| entries.iter().all(|entry| entry.at % *unit == 0));
        let unit = unit.copied().unwrap_or(1);
        out.extend_from_slice(&(unit as u32).to_le_bytes());
        self.columns.begins.clear();
        self.columns.begins.resize(entries.len(), false);
        if let Some(first) = self.columns.begins.first_mut() {
            *first = true;
        }
        self.put(entries, out, |entry| u64::from(entry.subject()));
        self.put_plain(entries, out, |entry| u64::from(entry.track()));
        self.columns.begins.clear();
        let mut before = None;
        for entry in entries {
            self.columns.begins.push(before != Some(entry.series));
            before = Some(entry.series);
        }
        self.put(entries, out, |entry| (entry.at / unit).cast_unsigned() ^ 1 << 63);
        self.put(entries, out, |entry| mantissa(entry) as u64);
        self.put_plain(entries, out, |entry| (mantissa(entry) >> 64) as u64);
        self.put_plain(entries, out, |entry| u64::from(entry.value.decimal().scale()));
        self.put_plain(entries, out, |entry| u64::from(entry.dimensions));
        self.put_plain(entries, out, |entry| u64::from(entry.day));
        self.put(entries, out, |entry| u64::from(entry.segment));
        out.extend_from_slice(&column::PADDING);
    }

    /// A column of what grows along a series or jumps little.
    fn put(&mut self, entries: &[Reading], out: &mut Vec<u8>, field: impl Fn(&Reading) -> u64) {
        self.numbers.clear();
        self.numbers.extend(entries.iter().map(field));
        self.columns.put(&self.numbers, out);
    }

    /// A column of anything else.
    fn put_plain(
        &mut self,
        entries: &[Reading],
        out: &mut Vec<u8>,
        field: impl Fn(&Reading) -> u64,
    ) {
        self.numbers.clear();
        self.numbers.extend(entries.iter().map(field));
        column::put_plain(&self.numbers, out);
    }

    /// Appends the readings of the series from the first to the last number.
    fn decode(
        &mut self,
        mut bytes: &[u8],
        count: usize,
        (first, last): (u64, u64),
        into: &mut Vec<Reading>,
    ) -> Option<()> {
        let from = &mut bytes;
        let unit = i64::from(take_u32(from)?);
        self.columns.begins.clear();
        self.columns.begins.resize(count, false);
        *self.columns.begins.first_mut()? = true;
        let mut series = std::mem::take(&mut self.series);
        self.columns.take(from, count, 0..count, &mut series)?;
        self.columns.take(from, count, 0..count, &mut self.numbers)?;
        series.iter_mut().zip(&self.numbers).for_each(|(series, track)| {
            *series = *series << 32 | track & u64::from(u32::MAX);
        });
        let begin = series.partition_point(|series| *series < first);
        let length = series[begin..].partition_point(|series| *series <= last);
        let part = Part { count, range: begin..begin + length };
        let mut before = None;
        for (begins, series) in self.columns.begins.iter_mut().zip(&series) {
            *begins = before != Some(series);
            before = Some(series);
        }
        let blank = Reading::default();
        let place = into.len();
        into.extend(
            series[part.range.clone()].iter().map(|series| Reading { series: *series, ..blank }),
        );
        self.series = series;
        let entries = &mut into[place..];
        self.take(from, &part, entries, |entry, number| {
            entry.at = (number ^ 1 << 63).cast_signed().wrapping_mul(unit);
        })?;
        self.take_values(from, &part, entries)?;
        self.take(from, &part, entries, |entry, number| entry.dimensions = number as u32)?;
        self.take(from, &part, entries, |entry, number| entry.day = number as u32)?;
        self.take(from, &part, entries, |entry, number| entry.segment = number as u32)?;
        (*from == column::PADDING).then_some(())
    }

    fn take(
        &mut self,
        from: &mut &[u8],
        part: &Part,
        entries: &mut [Reading],
        mut field: impl FnMut(&mut Reading, u64),
    ) -> Option<()> {
        self.columns.take(from, part.count, part.range.clone(), &mut self.numbers)?;
        entries.iter_mut().zip(&self.numbers).for_each(|(entry, number)| field(entry, *number));
        Some(())
    }

    fn take_values(
        &mut self,
        from: &mut &[u8],
        part: &Part,
        entries: &mut [Reading],
    ) -> Option<()> {
        for column in [&mut self.low, &mut self.high, &mut self.numbers] {
            self.columns.take(from, part.count, part.range.clone(), column)?;
        }
        let parts = self.low.iter().zip(&self.high).zip(&self.numbers);
        for (entry, ((low, high), scale)) in entries.iter_mut().zip(parts) {
            let scale = u32::try_from(*scale).ok()?;
            let value = if *high == 0 {
                // Of most values, and the fast way.
                Decimal::try_new(column::unzigzag(*low), scale).ok()?
            } else {
                let zigzag = u128::from(*high) << 64 | u128::from(*low);
                let mantissa = (zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed());
                Decimal::try_from_i128_with_scale(mantissa, scale).ok()?
            };
            entry.value = Quantity::new(value).ok()?;
        }
        Some(())
    }
}

/// The entries of a block that are wanted.
struct Part {
    /// How many the block holds.
    count: usize,
    range: Range<usize>,
}

/// The digits of the value with their sign in the lowest bit.
fn mantissa(entry: &Reading) -> u128 {
    let mantissa = entry.value.decimal().mantissa();
    (mantissa << 1 ^ mantissa >> 127).cast_unsigned()
}

/// Appends the readings of a subject in a run that are of later segments than `after`.
///
/// # Errors
/// [`IndexError::Io`] and [`IndexError::Broken`] when a block cannot be read.
pub(crate) fn collect(
    run: &Run<Reading>,
    subject: u32,
    after: i64,
    into: &mut Vec<Reading>,
) -> Result<(), IndexError> {
    if run.age.last_segment <= after {
        return Ok(());
    }
    let (first, last) = series_of(subject);
    let known = into.len();
    let mut bytes = Vec::new();
    for number in run.blocks_of(first, last) {
        run.read_block(number, &mut bytes)?;
        let count = run.entries_in(number);
        ROOM.with_borrow_mut(|room| room.decode(&bytes, count, (first, last), into))
            .ok_or_else(|| run.broken("entries"))?;
    }
    let found = into.split_off(known);
    into.extend(found.into_iter().filter(|reading| i64::from(reading.segment) > after));
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{pack_day, unpack_day};

    #[test]
    fn days_keep_their_order_as_numbers() {
        let days = [Date::MIN, date(-1, 12, 31), date(1999, 12, 31), date(2026, 2, 28), Date::MAX];
        assert!(days.windows(2).all(|pair| pack_day(pair[0]) < pack_day(pair[1])));
        assert!(days.iter().all(|day| unpack_day(pack_day(*day)) == Some(*day)));
    }
}
