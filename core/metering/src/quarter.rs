//! Quarters of an hour: they divide the day of every zone.

use jiff::{SignedDuration, Timestamp, ToSpan};

/// Seconds of the quarter of an hour that a bucket covers.
const QUARTER_SECONDS: i64 = 15 * 60;

/// How long a quarter is.
pub const LENGTH: SignedDuration = SignedDuration::from_secs(QUARTER_SECONDS);

/// The start of the quarter of an hour that contains an instant.
#[must_use]
pub fn quarter_of(instant: Timestamp) -> Timestamp {
    // The second that contains the instant: `as_second` cuts towards 1970, also from before it.
    let second = instant.as_second() - i64::from(instant.subsec_nanosecond() < 0);
    let since = second.rem_euclid(QUARTER_SECONDS);
    let whole = Timestamp::from_second(second).unwrap_or(instant);
    whole.checked_sub(since.seconds()).unwrap_or(whole)
}
