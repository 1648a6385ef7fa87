//! Stretches of time, cut at quarters of an hour.

use jiff::Timestamp;
use kernel::Overflow;

use crate::quarter::{LENGTH, quarter_of};

/// Most quarters that one stretch is cut into: about 30 years. Far more is a wrong date, and would
/// fill the memory.
pub const QUARTERS_MAX: i64 = 1 << 20;

/// The pieces of a stretch of time: the start of each, and how many microseconds of the stretch
/// have passed at its end.
pub(super) struct Pieces {
    from: Timestamp,
    at: Timestamp,
    to: Timestamp,
}

impl Pieces {
    pub(super) fn new(from: Timestamp, to: Timestamp) -> Result<Self, Overflow> {
        let quarters = micros(from, to)? / (LENGTH.as_secs() * 1_000_000);
        if quarters > QUARTERS_MAX { Err(Overflow) } else { Ok(Self { from, at: from, to }) }
    }
}

impl Iterator for Pieces {
    type Item = Result<(Timestamp, i64), Overflow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.to {
            return None;
        }
        let from = self.at;
        let end = quarter_of(from).checked_add(LENGTH).unwrap_or(self.to);
        self.at = end.min(self.to);
        Some(micros(self.from, self.at).map(|passed| (from, passed)))
    }
}

/// Microseconds from one instant to another.
pub(super) fn micros(from: Timestamp, to: Timestamp) -> Result<i64, Overflow> {
    to.as_microsecond().checked_sub(from.as_microsecond()).ok_or(Overflow)
}
