//! What one taken event measured, with numbers for its names.

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Quantity;

/// A reading. The order of the fields is the order of the runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// When it happened; the epoch if the number is none, which no file with a checksum holds.
    pub(crate) fn happened_at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at).unwrap_or_default()
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
